use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{DAY, MINUTE, SECOND, Story};
use super::told::{Told, scope_denied};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "scope-probing",
    raises: &[("user-1 (https://login.example)", Severity::Medium)],
    positive,
    negative,
    blunt: &[
        &[("threshold: 5", "threshold: 6")],
        &[("memory: 14d", "memory: 15d")],
    ],
    sharp: &[
        &[("threshold: 5", "threshold: 4")],
        &[("window: 10m", "window: 11m"), ("quiet: 10m", "quiet: 11m")],
        &[("memory: 14d", "memory: 1d")],
    ],
};

/// Five scopes within the window, one of which was denied 14 days before.
fn positive(story: &mut Story) {
    story.at(-14 * DAY, denied("user-1", 0));
    story.each(0, 149_900, 5, |number| denied("user-1", number));
}

/// Four that are new and one that is not; four again and again; and five with the last on the
/// window's edge.
fn negative(story: &mut Story) {
    story.at(-2 * DAY, denied("user-2", 0));
    story.each(0, SECOND, 5, |number| denied("user-2", number));
    story.each(0, SECOND, 40, |number| denied("user-3", number % 4));
    story.each(0, SECOND, 4, |number| denied("user-4", number));
    story.at(10 * MINUTE, denied("user-4", 4));
}

fn denied(sub: &str, scope: i64) -> Told {
    scope_denied(&format!("scope-{scope}")).of(sub, &format!("jti-of-{sub}"))
}
