use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, over_limit, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "excess-rate",
    raises: &[("user-1 (https://login.example)", Severity::Low)],
    positive,
    negative,
    blunt: &[&[("gte: 3", "gte: 4")]],
    sharp: &[
        &[("gte: 3", "gte: 2")],
        &[
            ("timespan: 10m", "timespan: 11m"),
            ("quiet: 10m", "quiet: 11m"),
        ],
    ],
};

/// The last moment of one minute, another, and the first of the tenth.
fn positive(story: &mut Story) {
    for at in [MINUTE - 1, 4 * MINUTE, 10 * MINUTE] {
        story.at(at, limited("user-1"));
    }
}

/// A hundred times in two minutes; three minutes of which the first is out of the window; and a
/// limit of something else than the subject.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 100, |_| limited("user-2"));
    for at in [0, 5 * MINUTE, 10 * MINUTE] {
        story.at(at, limited("user-3"));
    }
    story.each(0, MINUTE, 5, |_| {
        rejected(Reason::Expired).of("user-4", "jti-4")
    });
}

fn limited(sub: &str) -> Told {
    over_limit().of(sub, &format!("jti-of-{sub}"))
}
