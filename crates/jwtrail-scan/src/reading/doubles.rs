use std::collections::BTreeSet;

use super::values::Reading;
use crate::observed::ObservedRecord;

/// How many of a request's records say again what another has said: a service that writes an
/// access log and an audit log has one of each, and neither is a double.
///
/// Two records are doubles where both say how the request ended, and have the same source, the
/// same format, the same fields, and the same words for what happened.
#[must_use]
pub fn doubles(records: &[&ObservedRecord]) -> usize {
    let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
    let decisions = records
        .iter()
        .filter(|record| Reading::of(record).decides());
    let doubled = decisions.filter(|record| {
        let ours = Reading::of(record).is_ours();
        // One decision for each request: which event it is does not matter.
        let mut shape: Vec<&str> = match (ours, record.field("kind")) {
            (true, Some("decision")) => vec!["decision"],
            (true, _) => SHAPE.iter().filter_map(|name| record.field(name)).collect(),
            (false, _) => record.fields.keys().map(String::as_str).collect(),
        };
        if !ours {
            shape.extend(SHAPE.iter().filter_map(|name| record.field(name)));
        }
        !seen.insert(shape)
    });
    doubled.count()
}

/// What tells one kind of record from another.
const SHAPE: [&str; 8] = [
    "@scan.source",
    "@scan.format",
    "event",
    "event_name",
    "message",
    "msg",
    "target",
    "logger",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_line_and_an_audit_record_are_no_doubles() {
        let access = ObservedRecord::of_fields(
            "",
            &[
                ("@scan.format", "access log"),
                ("status", "401"),
                ("method", "GET"),
            ],
        );
        let warning =
            ObservedRecord::of_fields("", &[("@scan.format", "JSON"), ("message", "jwt expired")]);
        let start = ObservedRecord::of_fields(
            "",
            &[("@scan.format", "JSON"), ("message", "incoming request")],
        );
        assert_eq!(doubles(&[&access, &warning, &start, &start]), 0);
        assert_eq!(doubles(&[&access, &warning, &access]), 1);
    }

    #[test]
    fn two_decisions_of_ours_are_doubles_whatever_they_say() {
        let ours = |event| {
            ObservedRecord::of_fields(
                "",
                &[
                    ("@scan.format", "jwtrail audit events"),
                    ("kind", "decision"),
                    ("event", event),
                    ("outcome", "failure"),
                ],
            )
        };
        assert_eq!(
            doubles(&[&ours("token.rejected"), &ours("rate.exceeded")]),
            1
        );
    }
}
