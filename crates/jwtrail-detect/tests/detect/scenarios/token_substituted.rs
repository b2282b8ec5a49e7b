use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "token-substituted",
    raises: &[("user-1 (https://login.example)", Severity::Medium)],
    positive,
    negative,
    blunt: &[&[("gte: 3", "gte: 4")], &[("      - bad_audience\n", "")]],
    sharp: &[
        &[("gte: 3", "gte: 2")],
        &[
            ("timespan: 10m", "timespan: 11m"),
            ("quiet: 10m", "quiet: 11m"),
        ],
        &[("- wrong_type", "- expired")],
    ],
};

/// Three within the window.
fn positive(story: &mut Story) {
    story.at(0, foreign(Reason::WrongType, "user-1"));
    story.at(5 * MINUTE, foreign(Reason::BadAudience, "user-1"));
    story.at(10 * MINUTE - 1, foreign(Reason::WrongType, "user-1"));
}

/// Two; three with the last on the window's edge; three subjects; and three that have expired.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 2, |_| foreign(Reason::BadAudience, "user-2"));
    for at in [0, MINUTE, 10 * MINUTE] {
        story.at(at, foreign(Reason::BadAudience, "user-3"));
    }
    story.each(0, SECOND, 3, |number| {
        foreign(Reason::BadAudience, &format!("user-{}", 40 + number))
    });
    story.each(0, SECOND, 3, |_| foreign(Reason::Expired, "user-5"));
}

fn foreign(reason: Reason, sub: &str) -> Told {
    rejected(reason).of(sub, &format!("jti-of-{sub}"))
}
