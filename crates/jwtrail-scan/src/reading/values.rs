use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use jwtrail_event::Reason;

use super::equivalents::{Likeness, likeness, named_reason, says_refused};
use super::hints::rank;
use super::near::near;
use crate::logs::{LogFormat, Moment};
use crate::observed::ObservedRecord;
use crate::sources::mark;

/// What a record says of its request.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'r> {
    record: &'r ObservedRecord,
}

/// How a request ended, as a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordOutcome {
    /// It was let in.
    Success,
    /// It was refused.
    Failure,
}

impl<'r> Reading<'r> {
    /// Reads a record to which the mapping has been applied.
    #[must_use]
    pub const fn of(record: &'r ObservedRecord) -> Self {
        Self { record }
    }

    /// Whether it is an audit event of ours.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.record.field(mark::FORMAT) == Some(LogFormat::Audit.as_str())
    }

    /// The status of the answer, if it says one: by the field for it, else by the field whose
    /// name says so.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        if let Some(status) = self.record.field("status") {
            return status_code(status);
        }
        let fields = self.record.fields.iter();
        let named =
            fields.filter_map(|(name, value)| Some((rank("status", name)?, status_code(value)?)));
        named.min().map(|(_, status)| status)
    }

    /// How the request ended: by the field for it, else by the status, else by a text that says
    /// why it was refused.
    #[must_use]
    pub fn outcome(&self) -> Option<RecordOutcome> {
        let word = self.record.field("outcome").map(str::to_ascii_lowercase);
        match word.as_deref() {
            Some("success" | "ok" | "allow" | "allowed" | "granted" | "accepted") => {
                return Some(RecordOutcome::Success);
            }
            Some("failure" | "fail" | "failed" | "deny" | "denied" | "rejected" | "error") => {
                return Some(RecordOutcome::Failure);
            }
            _ => {}
        }
        match self.status() {
            Some(400 | 401 | 403 | 422 | 429) => Some(RecordOutcome::Failure),
            Some(_) => Some(RecordOutcome::Success),
            None => self
                .texts()
                .any(says_refused)
                .then_some(RecordOutcome::Failure),
        }
    }

    /// Whether what it decided was carried out, as far as it says: not in a rollout that only
    /// observes (`enforced: false`).
    #[must_use]
    pub fn enforced(&self) -> bool {
        self.record.field("enforced") != Some("false")
    }

    /// Whether the record says how the request ended, and so can be its decision record. Of our
    /// own events those are, which are decisions, and those of refreshes and logins.
    #[must_use]
    pub fn decides(&self) -> bool {
        if self.is_ours() {
            return match self.record.field("kind") {
                Some("decision") => true,
                Some("lifecycle") => self.record.field("correlation_id").is_some(),
                _ => false,
            };
        }
        self.outcome().is_some()
    }

    /// How well the record names a reason: by the field for it, else by any text that is there
    /// to say what went wrong. The values that a client sent are not asked.
    #[must_use]
    pub fn names(&self, reason: Reason) -> Option<Likeness> {
        if self.is_ours() {
            let found = self.record.field("reason")?;
            return (found == reason.as_str()).then_some(Likeness::Exact);
        }
        let said = self.texts().filter_map(|text| likeness(text, reason)).max();
        said.or_else(|| {
            let stands = |text| {
                near(reason)
                    .iter()
                    .any(|other| likeness(text, *other).is_some())
            };
            self.texts().any(stands).then_some(Likeness::Equivalent)
        })
    }

    /// The reason that it names, if it names one.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.texts().find_map(named_reason)
    }

    /// When it says that it happened.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        Moment::read(self.record.field("time")?)
    }

    /// The texts that are there to say what went wrong, the most telling first.
    fn texts(&self) -> impl Iterator<Item = &'r str> {
        let first = self.record.field("reason").into_iter();
        first.chain(
            self.record
                .fields
                .iter()
                .filter(|(name, _)| tells(name))
                .map(|(_, value)| value.as_str()),
        )
    }
}

fn status_code(text: &str) -> Option<u16> {
    let status = text.parse().ok()?;
    (100..=599).contains(&status).then_some(status)
}

/// Whether a field of this name says what happened, and not what a client sent.
fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    TELLING.contains(&last) || name.contains("err") || name.contains("exception")
}

/// Whether a value that was found is the one that is known.
pub(super) fn same(ours: &str, known: &str, found: &str) -> bool {
    let found = found.trim().trim_matches('"');
    match ours {
        "token_scope" | "required_scope" => {
            let set = |text: &str| -> BTreeSet<String> {
                let words = text.split([' ', ',']).filter(|word| !word.is_empty());
                words
                    .map(|word| word.trim_matches(['"', '[', ']']).to_owned())
                    .collect()
            };
            !set(found).is_empty() && set(known) == set(found)
        }
        "client_ip" | "peer_ip" => match (address(known), address(found)) {
            (Some(known), Some(found)) => known == found,
            _ => false,
        },
        "method" => known.eq_ignore_ascii_case(found),
        "route" => same_route(known, found),
        _ => known == found,
    }
}

/// `/orders/{id}` is `/orders/:id`, `/orders/<id>` and, as a path, `/orders/7?a=b`.
fn same_route(known: &str, found: &str) -> bool {
    let path = found.split(['?', '#']).next().unwrap_or_default();
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => path,
    };
    let (mut known, mut found) = (
        known.trim_end_matches('/').split('/'),
        path.trim_end_matches('/').split('/'),
    );
    loop {
        match (known.next(), found.next()) {
            (None, None) => return true,
            (Some(known), Some(found)) if known == found || is_parameter(known) => {}
            _ => return false,
        }
    }
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with(['{', ':', '<'])
}

fn address(text: &str) -> Option<IpAddr> {
    let alone = text.parse::<IpAddr>().ok();
    let address = alone.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))?;
    Some(address.to_canonical())
}

/// The names of fields that say what happened.
const TELLING: [&str; 17] = [
    "reason",
    "message",
    "msg",
    "body",
    "detail",
    "details",
    "cause",
    "code",
    "type",
    "description",
    "event",
    "result",
    "response_code_details",
    "failure",
    "stack",
    "name",
    "info",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, &str)]) -> ObservedRecord {
        ObservedRecord::of_fields("", fields)
    }

    #[test]
    fn the_outcome_is_read_from_what_there_is() {
        use RecordOutcome::{Failure, Success};
        for (fields, outcome) in [
            ([("outcome", "success"), ("status", "401")], Some(Success)),
            ([("outcome", "unknown"), ("status", "401")], Some(Failure)),
            (
                [("status", "404"), ("message", "invalid token")],
                Some(Success),
            ),
            (
                [("level", "50"), ("err.message", "jwt expired")],
                Some(Failure),
            ),
            ([("level", "30"), ("message", "request completed")], None),
            ([("level", "30"), ("user_agent", "jwt expired")], None),
            ([("level", "30"), ("res.statusCode", "403")], Some(Failure)),
        ] {
            assert_eq!(
                Reading::of(&record(&fields)).outcome(),
                outcome,
                "{fields:?}"
            );
        }
    }

    #[test]
    fn reasons_are_exact_in_our_events_and_alike_in_others() {
        let ours = record(&[
            (mark::FORMAT, LogFormat::Audit.as_str()),
            ("reason", "expired"),
            ("kind", "decision"),
        ]);
        let ours = Reading::of(&ours);
        assert_eq!(ours.names(Reason::Expired), Some(Likeness::Exact));
        assert_eq!(ours.names(Reason::BadSignature), None);
        assert!(ours.decides());
        let theirs = record(&[
            ("err.type", "UnauthorizedError"),
            ("err.message", "invalid signature"),
            ("message", "invalid token"),
        ]);
        let theirs = Reading::of(&theirs);
        assert_eq!(theirs.names(Reason::BadSignature), Some(Likeness::Exact));
        assert_eq!(theirs.names(Reason::Expired), Some(Likeness::Equivalent));
    }

    #[test]
    fn values_are_compared_by_what_they_are() {
        assert!(same("token_scope", "a b", "b,a"));
        assert!(same("token_scope", "a b", "[\"b\", \"a\"]"));
        assert!(!same("token_scope", "a b", "a"));
        assert!(same("client_ip", "127.0.0.1", "::ffff:127.0.0.1"));
        assert!(same("client_ip", "127.0.0.1", "127.0.0.1:5432"));
        assert!(same("route", "/orders/{id}", "/orders/7?x=1"));
        assert!(same("route", "/orders/{id}", "http://h:1/orders/:id"));
        assert!(!same("route", "/orders/{id}", "/orders"));
        assert!(same("method", "GET", "get"));
        assert!(!same("token_jti", "a", "A"));
    }
}
