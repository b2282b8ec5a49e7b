use std::io::Write as _;
use std::process::Stdio;

use jwtrail_event::{EventName, Outcome, Reason, Record, Text, Timestamp, Trust};

use crate::support::{Jwtrail, scrubbed};

/// Records of reused refresh tokens, one for each family.
fn reused(families: &[&str]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (second, family) in families.iter().enumerate() {
        let time = Timestamp::from_seconds(1_767_225_600 + i64::try_from(second).unwrap());
        let mut record = Record::new(EventName::RefreshReused, Outcome::Failure, time);
        record.service = Text::from("orders");
        record.instance = Text::from("orders-1");
        record.boot_id = Text::from("boot");
        record.seq = second as u64;
        record.trust = Trust::Verified;
        record.reason = Some(Reason::RefreshReused);
        record.token_iss = Some(Text::from("https://login.example"));
        record.token_sub = Some(Text::from("alice"));
        record.refresh_family = Some(Text::from(*family));
        record.refresh_generation = Some(1);
        record.write_ndjson(&mut lines);
    }
    lines
}

#[test]
fn an_alert_is_found_in_a_file() {
    let jwtrail = Jwtrail::new().with_file("audit.ndjson", reused(&["f1", "f2"]));
    let text = jwtrail.run(&["detect", "audit.ndjson"]);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 0
    --- stdout
    high          refresh-reused family f1: 1 event from 2026-01-01T00:00:00.000000Z to 2026-01-01T00:00:00.000000Z
    high          refresh-reused family f2: 1 event from 2026-01-01T00:00:01.000000Z to 2026-01-01T00:00:01.000000Z
    2 alerts in 2 events, 0 lines skipped; [TIME]
    --- stderr
    ");
}

#[test]
fn an_outage_is_one_alert_if_it_is_asked_for() {
    let mut lines = Vec::new();
    for number in 0..100_u32 {
        let time = Timestamp::from_seconds(1_767_225_600 + i64::from(number));
        let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, time);
        record.event_id = jwtrail_event::EventId::from_u128(u128::from(number) + 1);
        record.service = Text::from("orders");
        record.instance = Text::from("orders-1");
        record.boot_id = Text::from("boot");
        record.seq = u64::from(number);
        record.reason = Some(Reason::UnknownKey);
        record.token_fp = Some(Text::from(format!("k1:{}", number % 20)));
        record.client_ip = Some(Text::from(format!("198.51.100.{}", number % 20)));
        record.write_ndjson(&mut lines);
    }
    let jwtrail = Jwtrail::new().with_file("audit.ndjson", lines);
    let each = jwtrail.run(&["detect", "audit.ndjson"]);
    assert_eq!(
        each.matches(" token-repeated-rejections ").count(),
        20,
        "{each}"
    );
    let text = jwtrail.run(&["detect", "audit.ndjson", "--collapse", "--fail-on", "low"]);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 1
    --- stdout
    high          reason-surge service orders, unknown_key: 100 events from 2026-01-01T00:00:19.000000Z to 2026-01-01T00:01:39.000000Z, with 20 alerts
    21 alerts in 100 events, 0 lines skipped; [TIME]
    --- stderr
    error: 1 alert at least low
    ");
}

#[test]
fn packed_files_and_stdin_give_the_same() {
    let lines = reused(&["f1"]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&lines).unwrap();
    let jwtrail = Jwtrail::new()
        .with_file("plain.ndjson", &lines)
        .with_file("packed.gz", gzip.finish().unwrap())
        .with_file("packed.zst", zstd::encode_all(lines.as_slice(), 1).unwrap());
    let alerts = |text: &str| {
        text.lines()
            .filter(|l| l.contains("refresh-reused"))
            .count()
    };
    for file in ["plain.ndjson", "packed.gz", "packed.zst"] {
        assert_eq!(alerts(&jwtrail.run(&["detect", file])), 1, "{file}");
    }
    assert_eq!(alerts(&jwtrail.run_with_stdin(&["detect", "-"], &lines)), 1);
}

#[test]
fn alerts_and_statistics_are_written_as_json() {
    let jwtrail = Jwtrail::new().with_file("audit.ndjson", reused(&["f1", "f2"]));
    let text = jwtrail.run(&[
        "detect",
        "audit.ndjson",
        "--alerts",
        "alerts.ndjson",
        "--stats",
        "stats.json",
        "--format",
        "json",
    ]);
    assert!(text.starts_with("exit code: 0\n"), "{text}");
    let alerts = jwtrail.read("alerts.ndjson");
    let rules: Vec<_> = alerts
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["rule"].clone())
        .collect();
    assert_eq!(rules, ["refresh-reused", "refresh-reused"]);
    let stats: serde_json::Value = serde_json::from_str(&jwtrail.read("stats.json")).unwrap();
    assert_eq!(stats["events"], 2);
    for name in ["seconds", "events_per_second", "keys"] {
        assert!(stats[name].is_number(), "{name} in {stats}");
    }
}

#[test]
fn an_alert_may_be_a_failure() {
    let jwtrail = Jwtrail::new().with_file("audit.ndjson", reused(&["f1"]));
    let text = jwtrail.run(&["detect", "audit.ndjson", "--fail-on", "high"]);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 1
    --- stdout
    high          refresh-reused family f1: 1 event from 2026-01-01T00:00:00.000000Z to 2026-01-01T00:00:00.000000Z
    1 alert in 1 event, 0 lines skipped; [TIME]
    --- stderr
    error: 1 alert at least high
    ");
    let text = jwtrail.run(&["detect", "audit.ndjson", "--fail-on", "critical"]);
    assert!(text.starts_with("exit code: 0\n"), "{text}");
}

#[test]
fn lines_that_are_no_events_are_named() {
    let mut lines = reused(&["f1"]);
    lines.extend_from_slice(b"\n{\"half\":\n[]\n");
    let jwtrail = Jwtrail::new()
        .with_file("first.ndjson", reused(&["f0"]))
        .with_file("second.ndjson", lines);
    let text = jwtrail.run(&["detect", "first.ndjson", "second.ndjson"]);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 0
    --- stdout
    high          refresh-reused family f0: 1 event from 2026-01-01T00:00:00.000000Z to 2026-01-01T00:00:00.000000Z
    high          refresh-reused family f1: 1 event from 2026-01-01T00:00:00.000000Z to 2026-01-01T00:00:00.000000Z
    2 alerts in 2 events, 2 lines skipped; [TIME]
    --- stderr
    warning: second.ndjson:3: not an audit event at column 8: EOF while parsing at line 1 column 8
    warning: second.ndjson:4: not an audit event at column 2: invalid length 0, expected struct Record with 69 elements at line 1 column 2
    ");
}

#[test]
fn a_file_without_any_event_is_refused() {
    let jwtrail = Jwtrail::new().with_file("notes.txt", "hello\n");
    let text = jwtrail.run(&["detect", "notes.txt"]);
    insta::assert_snapshot!(scrubbed(&text), @r"
    exit code: 2
    --- stdout
    --- stderr
    warning: notes.txt:1: not an audit event at column 1: Invalid JSON value at line 1 column 1
    error: there is not one audit event in what was read
    help: give NDJSON as a jwtrail sink writes it; `jwtrail schema event` describes it
    ");
}

#[test]
fn a_missing_file_is_named() {
    let text = Jwtrail::new().run(&["detect", "nowhere.ndjson"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the events
     --> nowhere.ndjson
    cause: No such file or directory (os error 2)
    help: give NDJSON, plain or packed with gzip or zstd; - is stdin
    ");
}

#[test]
fn a_damaged_archive_is_named() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&reused(&["f1", "f2", "f3"])).unwrap();
    let mut packed = gzip.finish().unwrap();
    packed.truncate(packed.len() / 2);
    let text = Jwtrail::new()
        .with_file("cut.gz", packed)
        .run(&["detect", "cut.gz"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the events
     --> cut.gz
    cause: incomplete deflate stream
    help: give NDJSON, plain or packed with gzip or zstd; - is stdin
    ");
}

#[test]
fn a_bad_rule_is_located() {
    let text = Jwtrail::new()
        .with_file("audit.ndjson", reused(&["f1"]))
        .with_file("rules/mine.yml", "title: [\n")
        .run(&["detect", "audit.ndjson", "--rules", "rules"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: not YAML: did not find expected node content at line 2 column 1, while parsing a flow node
     --> rules/mine.yml:2:1
    help: write a YAML mapping, see the shipped rules
    ");
}

#[test]
fn a_directory_without_rules_is_named() {
    let text = Jwtrail::new()
        .with_file("audit.ndjson", reused(&["f1"]))
        .with_file("rules/readme.txt", "none")
        .run(&["detect", "audit.ndjson", "--rules", "rules"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the directory holds no rule file (*.yml)
     --> rules
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let jwtrail = Jwtrail::new().with_file("audit.ndjson", reused(&["f1"]));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = jwtrail
        .command(&["detect", "audit.ndjson"])
        .stdout(Stdio::from(writer))
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}
