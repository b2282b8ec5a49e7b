use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, Story};
use super::told::{CURL, refresh_refused};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "refresh-substituted",
    raises: &[("fam-1", Severity::High)],
    positive,
    negative,
    blunt: &[&[("gte: 1", "gte: 2")]],
    sharp: &[&[("reason: refresh_client_mismatch", "reason: refresh_unknown")]],
};

/// Another client comes with it.
fn positive(story: &mut Story) {
    let other = refresh_refused(Reason::RefreshClientMismatch, Some("fam-1"));
    story.at(MINUTE, other.client("mobile").by(CURL));
}

/// Its own client comes too late.
fn negative(story: &mut Story) {
    let ended = refresh_refused(Reason::RefreshUnknown, Some("fam-1"));
    story.at(MINUTE, ended);
}
