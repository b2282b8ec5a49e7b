//! The examples of `docs/detection.md`: what a few events give. Each file is one of its blocks.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jwtrail_event::{EventId, EventName, Outcome, Record, Text, Timestamp, TraceId, Trust};

use crate::support::Jwtrail;

#[test]
fn the_examples_of_the_page_are_what_comes_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/worked");
    let mut files = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let example = fs::read_to_string(&path).unwrap();
        assert_eq!(worked(&example), example, "{}", path.display());
        files += 1;
    }
    assert_eq!(files, 10);
}

/// The example with what comes out in the place of what it says does.
fn worked(example: &str) -> String {
    let mut text = String::new();
    let mut events = Events::default();
    let mut lines = example.lines().peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            text.push('\n');
        } else if !line.starts_with("=> ") {
            events.add(line);
            writeln!(text, "{line}").unwrap();
        } else if lines.peek().is_none_or(|next| !next.starts_with("=> ")) {
            text.push_str(&found(&std::mem::take(&mut events)));
        }
    }
    text
}

fn found(events: &Events) -> String {
    let jwtrail = Jwtrail::new().with_file("events.ndjson", &events.lines);
    let printed = jwtrail.run(&["detect", "events.ndjson"]);
    let (_, printed) = printed.split_once("--- stdout\n").unwrap();
    let alerts: Vec<&str> = printed
        .lines()
        .take_while(|line| !line.contains(" alert"))
        .collect();
    if alerts.is_empty() {
        return "=> nothing\n".to_owned();
    }
    let short = |alert: &&str| {
        let words = alert.split_whitespace().map(|word| match word.parse() {
            Ok(time) => clock(time),
            Err(_) => word.to_owned(),
        });
        format!("=> {}\n", words.collect::<Vec<_>>().join(" "))
    };
    alerts.iter().map(short).collect()
}

/// The events of one run, as the service writes them.
#[derive(Default)]
struct Events {
    lines: Vec<u8>,
    count: u32,
}

impl Events {
    /// `[DAYd] TIME EVENT FIELD=VALUE... [arrives=TIME] [xCOUNT every SECONDSs]`
    fn add(&mut self, line: &str) {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let mut times = 1;
        let mut every = 0;
        if let [.., count, "every", seconds] = *words.as_slice() {
            times = count.strip_prefix('x').unwrap().parse().unwrap();
            every = seconds.strip_suffix('s').unwrap().parse().unwrap();
            words.truncate(words.len() - 3);
        }
        let first = words.first().and_then(|word| word.strip_suffix('d'));
        let day: i64 = first.map_or(0, |day| day.parse().unwrap());
        let [time, event, fields @ ..] = words.split_at(usize::from(first.is_some())).1 else {
            panic!("no event: {line}");
        };
        for number in 0..times {
            let time = at(day, time).plus_micros(number * every * 1_000_000);
            self.one(time, event, fields);
        }
    }

    fn one(&mut self, time: Timestamp, event: &str, fields: &[&str]) {
        let event: EventName = serde_json::from_value(event.into()).unwrap();
        let good = matches!(event, EventName::TokenAccepted | EventName::LoginSucceeded);
        let outcome = if good {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        let mut record = Record::new(event, outcome, time);
        let number = u128::from(self.count) + 1;
        record.event_id = EventId::from_u128(number);
        record.service = Text::from("orders-api");
        record.instance = Text::from("orders-api-1");
        record.boot_id = Text::from("b1");
        record.seq = u64::from(self.count);
        record.correlation_id = Text::from(number.to_string());
        record.trace_id = TraceId::from_bits(1_000 + number);
        record.route = Some(Text::from("/orders"));
        record.hop = Some(jwtrail_event::Hop::Edge);
        let signed = matches!(event, EventName::TokenAccepted | EventName::RateExceeded);
        if signed || event == EventName::LoginSucceeded {
            record.trust = Trust::Verified;
            record.token_iss = Some(Text::from("https://login.example"));
            record.token_sub = Some(Text::from("alice"));
        } else {
            record.token_fp = Some(Text::from(format!("k1:{number:032x}")));
        }
        if event == EventName::LoginFailed {
            record.token_fp = None;
            record.claimed_sub = Some(Text::from(format!("somebody-{number}")));
        }
        for field in fields {
            let (name, value) = field.split_once('=').unwrap();
            let text = Some(Text::from(value.to_owned()));
            match name {
                "reason" => record.reason = Some(serde_json::from_value(value.into()).unwrap()),
                "client_ip" => record.client_ip = text,
                "user_agent" => record.user_agent = text,
                "token_jti" => record.token_jti = text,
                "token_scope" => record.token_scope = text,
                "trace" => record.trace_id = TraceId::from_bits(value.parse().unwrap()),
                "instance" => record.instance = Text::from(value.to_owned()),
                "arrives" => record.received_at = Some(at(0, value)),
                other => panic!("no field `{other}`"),
            }
        }
        self.count += 1;
        record.write_ndjson(&mut self.lines);
    }
}

fn at(day: i64, clock: &str) -> Timestamp {
    let time: Timestamp = format!("2026-03-02T{clock}Z").parse().unwrap();
    time.plus_micros(day * DAY)
}

/// The time as the page writes it.
fn clock(time: Timestamp) -> String {
    let since = time.micros_since("2026-03-02T00:00:00Z".parse().unwrap());
    let (day, text) = (
        since.div_euclid(DAY),
        time.plus_micros(-since.div_euclid(DAY) * DAY),
    );
    let text = text.to_string();
    let text = text
        .strip_prefix("2026-03-02T")
        .unwrap()
        .trim_end_matches('Z');
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if day == 0 {
        text.to_owned()
    } else {
        format!("{day}d {text}")
    }
}

const DAY: i64 = 86_400_000_000;
