use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{keys_failed, keys_refreshed};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "keys-unavailable",
    raises: &[("https://login.example", Severity::Medium)],
    positive,
    negative,
    blunt: &[&[("gte: 3", "gte: 4")]],
    sharp: &[
        &[("gte: 3", "gte: 2")],
        &[("timespan: 5m", "timespan: 6m"), ("quiet: 5m", "quiet: 6m")],
    ],
};

/// Three within the window, at two services.
fn positive(story: &mut Story) {
    story.at(0, keys_failed("https://login.example"));
    let other = keys_failed("https://login.example").written_by("stock-api", "stock-api-1");
    story.at(MINUTE, other);
    story.at(5 * MINUTE - 1, keys_failed("https://login.example"));
}

/// Two; three with the last on the window's edge; and fetches that went well.
fn negative(story: &mut Story) {
    story.each(0, MINUTE, 2, |_| keys_failed("https://two.example"));
    for at in [0, MINUTE, 5 * MINUTE] {
        story.at(at, keys_failed("https://edge.example"));
    }
    story.each(0, SECOND, 9, |_| keys_refreshed("https://login.example"));
}
