use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{CURL, Told, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "key-probing",
    raises: &[("203.0.113.1", Severity::Medium)],
    positive,
    negative,
    blunt: &[&[("gte: 10", "gte: 11")]],
    sharp: &[
        &[("gte: 10", "gte: 9")],
        &[("timespan: 5m", "timespan: 6m"), ("quiet: 5m", "quiet: 6m")],
        &[("reason: unknown_key", "reason: key_unavailable")],
    ],
};

/// Ten within the window.
fn positive(story: &mut Story) {
    story.each(0, 33_300, 10, |number| {
        probe(Reason::UnknownKey, "203.0.113.1", number)
    });
}

/// Nine; ten with the last on the window's edge; and keys that could not be had.
fn negative(story: &mut Story) {
    story.each(0, 30 * SECOND, 9, |number| {
        probe(Reason::UnknownKey, "203.0.113.2", number)
    });
    story.each(0, SECOND, 9, |number| {
        probe(Reason::UnknownKey, "203.0.113.3", number)
    });
    story.at(5 * MINUTE, probe(Reason::UnknownKey, "203.0.113.3", 9));
    story.each(0, 3 * SECOND, 20, |number| {
        probe(Reason::KeyUnavailable, "203.0.113.2", number)
    });
}

fn probe(reason: Reason, address: &str, number: i64) -> Told {
    rejected(reason)
        .of("somebody", &format!("probe-{address}-{number}"))
        .from(address)
        .by(CURL)
}
