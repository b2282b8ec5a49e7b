use std::collections::BTreeMap;

use jwtrail_event::{EventName, Outcome, Reason, Timestamp};

use super::instruments::{Instruments, Kind};
use crate::Backlog;
use crate::trail::{Count, Other, Series, Tally};

pub(super) fn decisions(tally: &Tally, series: &[Series], out: &mut impl Instruments) {
    let name = "jwtrail_decisions_total";
    let help = "Requests on protected routes, by what was decided about their token.";
    out.begin(Kind::Counter, name, help);
    let mut lines: Vec<(&Series, u64)> = series
        .iter()
        .zip(tally.decisions.iter().copied())
        .filter(|(_, count)| *count > 0)
        .collect();
    lines.sort_by_key(|(series, _)| {
        (
            series.event,
            series.reason,
            &series.route,
            &series.scope_class,
        )
    });
    for (series, count) in lines {
        let labels = [
            ("decision", decision(series.event)),
            ("outcome", outcome(series.reason)),
            ("reason", reason(series.reason)),
            ("route", &*series.route),
            ("scope_class", &*series.scope_class),
        ];
        out.count(&labels, count);
    }
}

pub(super) fn durations(tally: &Tally, out: &mut impl Instruments) {
    let name = "jwtrail_request_duration_seconds";
    let help = "From a protected request's arrival to the head of its answer.";
    out.begin(Kind::Histogram, name, help);
    let outcome = |outcome: Outcome| [("outcome", outcome.as_str())];
    out.histogram(&outcome(Outcome::Success), &tally.succeeded);
    out.histogram(&outcome(Outcome::Failure), &tally.failed);
}

pub(super) fn cache(tally: &Tally, out: &mut impl Instruments) {
    let name = "jwtrail_cache_lookups_total";
    out.begin(
        Kind::Counter,
        name,
        "Look-ups in the cache of verified tokens.",
    );
    out.count(&[("result", "hit")], tally.cache_hits);
    out.count(&[("result", "miss")], tally.cache_misses);
}

pub(super) fn cached_tokens(tokens: usize, out: &mut impl Instruments) {
    let name = "jwtrail_cached_tokens";
    out.begin(Kind::Gauge, name, "Tokens in the cache of verified tokens.");
    out.count(&[], tokens as u64);
}

pub(super) fn lifecycle(tally: &Tally, out: &mut impl Instruments) {
    let name = "jwtrail_logins_total";
    out.begin(Kind::Counter, name, "Logins that the service reported.");
    let logins = |event| matches!(event, EventName::LoginSucceeded | EventName::LoginFailed);
    for ((_, reason), count) in summed(tally, logins) {
        out.count(
            &[
                ("outcome", outcome(reason)),
                ("reason", self::reason(reason)),
            ],
            count,
        );
    }
    let name = "jwtrail_tokens_issued_total";
    out.begin(Kind::Counter, name, "Tokens that were issued, or refused.");
    let issued = |event| matches!(event, EventName::TokenIssued | EventName::IssueRefused);
    for ((_, reason), count) in summed(tally, issued) {
        out.count(
            &[
                ("outcome", outcome(reason)),
                ("reason", self::reason(reason)),
            ],
            count,
        );
    }
    let name = "jwtrail_refreshes_total";
    out.begin(
        Kind::Counter,
        name,
        "Refresh tokens that came, by what became of them.",
    );
    for ((event, reason), count) in summed(tally, |event| refresh(event).is_some()) {
        let result = refresh(event).unwrap_or_default();
        out.count(
            &[("result", result), ("reason", self::reason(reason))],
            count,
        );
    }
    let name = "jwtrail_revocations_total";
    out.begin(
        Kind::Counter,
        name,
        "Tokens, families and subjects that were revoked.",
    );
    let revoked = summed(tally, |event| event == EventName::TokenRevoked);
    out.count(&[], revoked.values().sum::<u64>());
}

pub(super) fn keys(tally: &Tally, now: Timestamp, out: &mut impl Instruments) {
    let mut fetches: Vec<(&Other, &Count)> = tally
        .others
        .iter()
        .filter(|(other, _)| {
            matches!(
                other.event,
                EventName::KeysRefreshed | EventName::KeysFailed
            )
        })
        .collect();
    fetches.sort_by_key(|(other, _)| (&other.about, other.outcome));
    let name = "jwtrail_key_fetches_total";
    out.begin(Kind::Counter, name, "Fetches of an issuer's keys.");
    for (other, count) in &fetches {
        let labels = [
            ("issuer", &*other.about),
            ("outcome", other.outcome.as_str()),
        ];
        out.count(&labels, count.count);
    }
    let name = "jwtrail_keys_age_seconds";
    out.begin(
        Kind::Gauge,
        name,
        "How long ago an issuer's keys were fetched.",
    );
    for (other, count) in fetches {
        if other.event == EventName::KeysRefreshed {
            let age = u64::try_from(now.micros_since(count.last)).unwrap_or(0);
            out.seconds(&[("issuer", &other.about)], age);
        }
    }
}

pub(super) fn limits(tally: &Tally, out: &mut impl Instruments) {
    let last = |outcome| {
        let others = tally.others.iter();
        others
            .filter(|(other, _)| {
                other.event == EventName::LimitsDegraded && other.outcome == outcome
            })
            .map(|(_, count)| count.last)
            .max()
    };
    let name = "jwtrail_limits_degraded";
    let help = "1 while the shared limits do not answer and this process counts for itself.";
    out.begin(Kind::Gauge, name, help);
    let degraded = last(Outcome::Failure) > last(Outcome::Success);
    out.count(&[], u64::from(degraded));
}

/// How many records there are of each event, and how many were lost on their way.
pub(super) fn records(tally: &Tally, series: &[Series], out: &mut impl Instruments) {
    let mut events: BTreeMap<&str, u64> = BTreeMap::new();
    for (series, count) in series.iter().zip(&tally.decisions) {
        *events.entry(series.event.as_str()).or_default() += count;
    }
    let mut dropped: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (other, count) in &tally.others {
        if let Some(kind) = other.dropped_kind {
            *dropped.entry((&other.about, kind.as_str())).or_default() += count.count;
        } else {
            *events.entry(other.event.as_str()).or_default() += count.count;
        }
    }
    let name = "jwtrail_records_total";
    out.begin(
        Kind::Counter,
        name,
        "Audit records that were made, but for those of losses.",
    );
    for (event, count) in events {
        out.count(&[("event", event)], count);
    }
    let name = "jwtrail_records_dropped_total";
    out.begin(Kind::Counter, name, "Audit records that a sink lost.");
    for ((sink, kind), count) in dropped {
        out.count(&[("sink", sink), ("kind", kind)], count);
    }
}

pub(super) fn backlogs<'a>(
    backlogs: impl Iterator<Item = (&'a str, Backlog)>,
    now: Timestamp,
    out: &mut impl Instruments,
) {
    // Two sinks may have one name; a series is there once.
    let mut sums: BTreeMap<&str, Backlog> = BTreeMap::new();
    for (sink, backlog) in backlogs {
        let sum = sums.entry(sink).or_default();
        sum.bytes += backlog.bytes;
        sum.oldest = [sum.oldest, backlog.oldest].into_iter().flatten().min();
    }
    let name = "jwtrail_spool_bytes";
    out.begin(
        Kind::Gauge,
        name,
        "Records that a sink keeps for its receiver.",
    );
    for (sink, backlog) in &sums {
        out.count(&[("sink", sink)], backlog.bytes);
    }
    let name = "jwtrail_spool_age_seconds";
    out.begin(
        Kind::Gauge,
        name,
        "How long ago the oldest of them was recorded.",
    );
    for (sink, backlog) in sums {
        let age = backlog.oldest.map_or(0, |oldest| now.micros_since(oldest));
        let age = u64::try_from(age).unwrap_or(0);
        out.seconds(&[("sink", sink)], age);
    }
}

fn summed(
    tally: &Tally,
    which: impl Fn(EventName) -> bool,
) -> BTreeMap<(EventName, Option<Reason>), u64> {
    let mut sums = BTreeMap::new();
    for (other, count) in &tally.others {
        if which(other.event) {
            *sums.entry((other.event, other.reason)).or_default() += count.count;
        }
    }
    sums
}

fn decision(event: EventName) -> &'static str {
    match event {
        EventName::TokenAccepted => "accepted",
        EventName::TokenMissing => "missing",
        EventName::TokenRejected => "rejected",
        EventName::AccessDenied => "denied",
        EventName::RateExceeded => "limited",
        other => other.as_str(),
    }
}

fn refresh(event: EventName) -> Option<&'static str> {
    Some(match event {
        EventName::TokenRefreshed => "refreshed",
        EventName::RefreshReplayed => "replayed",
        EventName::RefreshReused => "reused",
        EventName::RefreshRefused => "refused",
        _ => return None,
    })
}

/// Exactly what failed has a reason.
fn outcome(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(_) => Outcome::Failure.as_str(),
        None => Outcome::Success.as_str(),
    }
}

fn reason(reason: Option<Reason>) -> &'static str {
    reason.map_or("", Reason::as_str)
}
