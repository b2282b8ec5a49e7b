use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;

use super::values::Reading;
use crate::observed::ObservedRecord;

/// What a request carried that no other did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentRequest {
    /// Its correlation id, and its trace id if it had one.
    pub correlation: Vec<String>,
    /// Other texts that stand in no other request: a query, a `User-Agent`, a `jti`.
    pub canaries: Vec<String>,
}

impl SentRequest {
    /// A request with this correlation id.
    #[must_use]
    pub fn new(correlation_id: impl Into<String>) -> Self {
        Self {
            correlation: vec![correlation_id.into()],
            canaries: Vec::new(),
        }
    }

    /// With a trace id.
    #[must_use]
    pub fn traced(mut self, trace_id: impl Into<String>) -> Self {
        self.correlation.push(trace_id.into());
        self
    }

    /// With another text that stands in no other request.
    #[must_use]
    pub fn marked(mut self, canary: impl Into<String>) -> Self {
        self.canaries.push(canary.into());
        self
    }
}

/// How a record was recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum By {
    /// By a canary: the service logs no id that it was given.
    Canary,
    /// By its correlation id or trace id.
    Correlation,
}

/// A record and a request that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matched {
    /// Which request, from 0.
    pub request: usize,
    /// How it was recognized.
    pub by: By,
}

/// Finds the requests that a record is about, wherever their ids stand in it, in any order.
#[derive(Debug)]
pub struct Matcher {
    automaton: Option<AhoCorasick>,
    needles: Vec<Matched>,
}

impl Matcher {
    /// A matcher of these requests.
    #[must_use]
    pub fn new(requests: &[SentRequest]) -> Self {
        let mut texts: Vec<&str> = Vec::new();
        let mut needles = Vec::new();
        for (request, sent) in requests.iter().enumerate() {
            let ids = sent.correlation.iter().map(|text| (text, By::Correlation));
            let canaries = sent.canaries.iter().map(|text| (text, By::Canary));
            for (text, by) in ids.chain(canaries) {
                // A short text stands anywhere by chance.
                if text.len() >= SHORTEST {
                    texts.push(text);
                    needles.push(Matched { request, by });
                }
            }
        }
        Self {
            automaton: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(texts)
                .ok(),
            needles,
        }
    }

    /// The requests that a record is about, each once, by the best that it has.
    #[must_use]
    pub fn requests(&self, record: &ObservedRecord) -> Vec<Matched> {
        let mut found: BTreeMap<usize, By> = BTreeMap::new();
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        // A record that is no line, as OTLP's, has its values in its fields alone.
        let texts = std::iter::once(&record.raw).chain(record.fields.values());
        for text in texts {
            for hit in automaton.find_overlapping_iter(text.as_str()) {
                if let Some(needle) = self.needles.get(hit.pattern().as_usize()) {
                    let by = found.entry(needle.request).or_insert(needle.by);
                    *by = (*by).max(needle.by);
                }
            }
        }
        let best = found.values().copied().max();
        // A record with one request's id and another's canary is about the first.
        let found = found.into_iter().filter(|(_, by)| Some(*by) == best);
        found.map(|(request, by)| Matched { request, by }).collect()
    }
}

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
/// Ids and canaries are longer than this.
const SHORTEST: usize = 8;

#[cfg(test)]
mod tests {
    use jwtrail_event::Timestamp;

    use super::*;

    fn record(raw: &str, fields: &[(&str, &str)]) -> ObservedRecord {
        let mut record = ObservedRecord::new(raw.to_owned(), 0, Timestamp::default());
        record.fields = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        record
    }

    #[test]
    fn ids_are_found_wherever_they_stand_and_canaries_come_after_them() {
        let requests = [
            SentRequest::new("scan-0001")
                .traced("ABCDEF0123456789")
                .marked("probe=0001"),
            SentRequest::new("scan-0002").marked("probe=0002"),
        ];
        let matcher = Matcher::new(&requests);
        let found = |raw: &str| matcher.requests(&record(raw, &[]));
        assert_eq!(found("nothing"), []);
        assert_eq!(
            found("rid=scan-0002"),
            [Matched {
                request: 1,
                by: By::Correlation
            }]
        );
        assert_eq!(
            found("trace abcdef0123456789"),
            [Matched {
                request: 0,
                by: By::Correlation
            }]
        );
        assert_eq!(
            found("GET /?probe=0001"),
            [Matched {
                request: 0,
                by: By::Canary
            }]
        );
        assert_eq!(
            found("scan-0002 probe=0001"),
            [Matched {
                request: 1,
                by: By::Correlation
            }]
        );
        let in_a_field = record("", &[("attributes.id", "scan-0001")]);
        assert_eq!(matcher.requests(&in_a_field).len(), 1);
    }

    #[test]
    fn an_access_line_and_an_audit_record_are_no_doubles() {
        let access = record(
            "",
            &[
                ("@scan.format", "access log"),
                ("status", "401"),
                ("method", "GET"),
            ],
        );
        let warning = record("", &[("@scan.format", "JSON"), ("message", "jwt expired")]);
        let start = record(
            "",
            &[("@scan.format", "JSON"), ("message", "incoming request")],
        );
        assert_eq!(doubles(&[&access, &warning, &start, &start]), 0);
        assert_eq!(doubles(&[&access, &warning, &access]), 1);
    }

    #[test]
    fn two_decisions_of_ours_are_doubles_whatever_they_say() {
        let ours = |event| {
            record(
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
