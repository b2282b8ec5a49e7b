use std::collections::{BTreeMap, BTreeSet};

use super::hints::rank;
use super::mapping::FieldMapping;
use super::values::same;
use crate::logs::Moment;
use crate::observed::ObservedRecord;

/// A good request of which every value is known, and the records that are about it.
#[derive(Debug)]
#[non_exhaustive]
pub struct KnownRequest<'r> {
    /// The values by our names: `token_jti`, `token_sub`, `token_scope`, `correlation_id`,
    /// `method`, `route`, `status`, `client_ip` and the like.
    pub values: BTreeMap<&'static str, String>,
    /// The records.
    pub records: Vec<&'r ObservedRecord>,
}

impl<'r> KnownRequest<'r> {
    /// A request with these records and no known value yet.
    #[must_use]
    pub const fn new(records: Vec<&'r ObservedRecord>) -> Self {
        Self {
            values: BTreeMap::new(),
            records,
        }
    }

    /// With a known value; an empty one says nothing.
    #[must_use]
    pub fn with(mut self, ours: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.values.insert(ours, value);
        }
        self
    }
}

/// Learns which field holds what: the one that has a request's value in the most of the
/// requests, and another value in none.
pub(super) fn learn(requests: &[KnownRequest<'_>]) -> FieldMapping {
    let mut mapping = FieldMapping::default();
    let ours: BTreeSet<&'static str> = requests
        .iter()
        .flat_map(|request| request.values.keys().copied())
        .collect();
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for ours in ORDER
        .iter()
        .copied()
        .chain(ours.iter().copied().filter(|ours| !ORDER.contains(ours)))
    {
        let mut candidates: BTreeMap<&str, Votes> = BTreeMap::new();
        let mut values: BTreeSet<&str> = BTreeSet::new();
        for request in requests {
            if let Some(value) = request.values.get(ours) {
                values.insert(value);
                votes(ours, value, request, &mut candidates);
            }
        }
        // A value that is the same in all requests says little: then the name has to agree.
        let telling =
            values.len() > 1 || matches!(ours, "correlation_id" | "token_jti" | "trace_id");
        let agree = candidates.iter().filter(|(theirs, votes)| {
            votes.against == 0
                && votes.for_it > 0
                && (telling || rank(ours, theirs).is_some())
                && !taken.contains(**theirs)
        });
        let best = agree.max_by_key(|(theirs, votes)| {
            let rank = rank(ours, theirs).unwrap_or(usize::MAX);
            (
                votes.for_it,
                std::cmp::Reverse(rank),
                std::cmp::Reverse(theirs.len()),
            )
        });
        if let Some((theirs, _)) = best {
            mapping.set(ours, theirs);
            taken.insert(theirs);
        }
    }
    for ours in BY_NAME.into_iter().filter(|name| !ours.contains(name)) {
        if let Some(theirs) = by_name(ours, requests, &taken) {
            mapping.set(ours, theirs);
        }
    }
    mapping
}

#[derive(Default)]
struct Votes {
    for_it: usize,
    against: usize,
}

fn votes<'r>(
    ours: &str,
    value: &str,
    request: &KnownRequest<'r>,
    candidates: &mut BTreeMap<&'r str, Votes>,
) {
    let mut seen: BTreeMap<&str, bool> = BTreeMap::new();
    for record in &request.records {
        for (theirs, found) in &record.fields {
            if theirs.starts_with('@') && theirs.starts_with("@scan.") {
                continue;
            }
            *seen.entry(theirs).or_default() |= same(ours, value, found);
        }
    }
    for (theirs, matches) in seen {
        let votes = candidates.entry(theirs).or_default();
        if matches {
            votes.for_it += 1;
        } else {
            votes.against += 1;
        }
    }
}

/// The field whose name tells what is in it, where no request's value can.
fn by_name<'r>(
    ours: &str,
    requests: &[KnownRequest<'r>],
    taken: &BTreeSet<&str>,
) -> Option<&'r str> {
    let records = requests
        .iter()
        .flat_map(|request| request.records.iter().copied());
    let fields = records.flat_map(|record| record.fields.iter());
    let fits = fields.filter(|(theirs, value)| {
        !taken.contains(theirs.as_str()) && (ours != "time" || Moment::read(value).is_some())
    });
    let ranked = fits.filter_map(|(theirs, _)| Some((rank(ours, theirs)?, theirs.as_str())));
    ranked.min().map(|(_, theirs)| theirs)
}

/// What is learned first: a field is taken once, and these tell themselves apart best.
const ORDER: [&str; 10] = [
    "correlation_id",
    "token_jti",
    "trace_id",
    "status",
    "route",
    "method",
    "token_sub",
    "token_scope",
    "client_ip",
    "user_agent",
];
/// What is found by its name alone.
const BY_NAME: [&str; 10] = [
    "time",
    "outcome",
    "trust",
    "enforced",
    "reason",
    "required_scope",
    "route",
    "method",
    "user_agent",
    "client_ip",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, &str)]) -> ObservedRecord {
        ObservedRecord::of_fields("", fields)
    }

    #[test]
    fn values_tell_which_field_is_which() {
        let first = record(&[
            ("time", "1795658584000"),
            ("reqId", "c-1"),
            ("who", "alice"),
            ("auth.id", "j-1"),
            ("auth.sub", "alice"),
            ("res.statusCode", "200"),
            ("bytes", "200"),
            ("req.url", "/orders/1"),
            ("grants", "b a"),
        ]);
        let second = record(&[
            ("time", "1795658584001"),
            ("reqId", "c-2"),
            ("who", "alice"),
            ("auth.id", "j-2"),
            ("auth.sub", "alice"),
            ("res.statusCode", "200"),
            ("bytes", "17"),
            ("req.url", "/orders/2"),
            ("grants", "a"),
        ]);
        let known = |record, corr: &str, jti: &str, path: &str, scope: &str| {
            KnownRequest::new(vec![record])
                .with("correlation_id", corr)
                .with("token_jti", jti)
                .with("token_sub", "alice")
                .with("status", "200")
                .with("token_scope", scope)
                .with("route", path)
        };
        let mapping = learn(&[
            known(&first, "c-1", "j-1", "/orders/1", "a b"),
            known(&second, "c-2", "j-2", "/orders/2", "a"),
        ]);
        let theirs = |ours| mapping.theirs(ours);
        assert_eq!(theirs("correlation_id"), Some("reqId"));
        assert_eq!(theirs("token_jti"), Some("auth.id"));
        // `who` has the value as well, but its name does not say so.
        assert_eq!(theirs("token_sub"), Some("auth.sub"));
        assert_eq!(theirs("status"), Some("res.statusCode"));
        assert_eq!(theirs("token_scope"), Some("grants"));
        assert_eq!(theirs("route"), Some("req.url"));
        assert_eq!(theirs("time"), Some("time"));
        assert_eq!(theirs("client_ip"), None);
    }

    #[test]
    fn a_field_that_says_something_else_is_not_taken() {
        let first = record(&[("id", "c-1")]);
        let second = record(&[("id", "something")]);
        let mapping = learn(&[
            KnownRequest::new(vec![&first]).with("correlation_id", "c-1"),
            KnownRequest::new(vec![&second]).with("correlation_id", "c-2"),
        ]);
        assert_eq!(mapping.theirs("correlation_id"), None);
    }
}
