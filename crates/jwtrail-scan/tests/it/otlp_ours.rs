use std::path::Path;

use jwtrail_event::{FIELD_NAMES, Record, otlp};
use jwtrail_scan::logs::{LogFormat, parse_line, parse_otlp_protobuf};
use prost::Message as _;

/// Every fixture of the rules: each kind of event, with whatever fields it has.
#[test]
fn an_event_of_ours_says_by_otlp_what_it_says_as_a_line() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/fixtures");
    let mut seen = std::collections::BTreeSet::new();
    let mut records = 0;
    for folder in std::fs::read_dir(fixtures).unwrap() {
        let path = folder.unwrap().path().join("positive.ndjson");
        let Ok(lines) = std::fs::read_to_string(path) else {
            continue;
        };
        for line in lines.lines().take(MOST) {
            let record = Record::read(line.as_bytes()).unwrap();
            let export = otlp::export([&record]).encode_to_vec();
            let by_otlp = parse_otlp_protobuf(&export).unwrap().remove(0);
            let as_line = parse_line(line.as_bytes()).remove(0);
            assert_eq!(by_otlp.format, LogFormat::Audit, "{line}");
            for (name, value) in as_line.fields.iter() {
                // The schema's version is in the scope's address.
                if name == "schema_version" {
                    continue;
                }
                assert_eq!(by_otlp.fields.value(name), Some(value), "{name} of {line}");
                seen.insert(name.to_owned());
            }
            records += 1;
        }
    }
    assert!(records > 500, "{records}");
    let decisive = ["reason", "token_sub", "client_ip", "status", "trust", "seq"];
    assert!(decisive.iter().all(|name| seen.contains(*name)), "{seen:?}");
    let known = seen
        .iter()
        .filter(|name| FIELD_NAMES.contains(&name.as_str()));
    assert!(known.count() > 30, "{seen:?}");
}

#[test]
fn what_only_calls_itself_so_stays_what_it_is() {
    let record = Record::new(
        jwtrail_event::EventName::Heartbeat,
        jwtrail_event::Outcome::Success,
        jwtrail_event::Timestamp::from_seconds(1_800_000_000),
    );
    let mut export = otlp::export([&record]);
    let log = &mut export.resource_logs[0].scope_logs[0].log_records[0];
    log.event_name = "jwtrail.something.else".to_owned();
    let entry = parse_otlp_protobuf(&export.encode_to_vec()).unwrap();
    assert_eq!(entry[0].format, LogFormat::Otlp);
    assert_eq!(entry[0].fields.value("jwtrail.outcome"), Some("success"));
}

/// Of each file.
const MOST: usize = 200;
