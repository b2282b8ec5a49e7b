use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::refresh_reused as reused;
use super::told::{CURL, refresh_refused, refresh_replayed, refreshed};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "refresh-reused",
    raises: &[("fam-1", Severity::High)],
    positive,
    negative,
    blunt: &[&[("gte: 1", "gte: 2")]],
    sharp: &[
        &[(
            "event: refresh.reused\n    reason: refresh_reused",
            "event: refresh.replayed",
        )],
        &[(
            "event: refresh.reused\n    reason: refresh_reused",
            "event: refresh.refused",
        )],
    ],
};

/// The owner refreshes twice; then a thief comes with the first token.
fn positive(story: &mut Story) {
    story.at(0, refreshed().of("user-1", "fam-1-1"));
    story.at(
        10 * MINUTE,
        refreshed().of("user-1", "fam-1-2").family("fam-1", 2),
    );
    let thief = reused().of("user-1", "fam-1-1").from("203.0.113.9");
    story.at(11 * MINUTE + 40 * SECOND, thief.by(CURL));
}

/// The same token twice because an answer was lost; and one that nobody knows any more.
fn negative(story: &mut Story) {
    story.at(0, refreshed().of("user-1", "fam-1-1"));
    story.at(5 * SECOND, refresh_replayed().of("user-1", "fam-1-1"));
    let ended = refresh_refused(Reason::RefreshUnknown, Some("fam-1"));
    story.at(15 * MINUTE, ended.of("user-1", "fam-1-1"));
}
