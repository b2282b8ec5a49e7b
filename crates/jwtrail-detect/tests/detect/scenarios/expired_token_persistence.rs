use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{HOUR, MINUTE, SECOND, Story};
use super::told::{Told, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "expired-token-persistence",
    raises: &[("jti-1 (https://login.example)", Severity::Informational)],
    positive,
    negative,
    blunt: &[&[("gte: 20", "gte: 21")]],
    sharp: &[
        &[("gte: 20", "gte: 19")],
        &[("timespan: 10m", "timespan: 11m")],
        &[("reason: expired", "reason: revoked")],
    ],
};

/// Twenty within the window, and one every hour for three days: one ticket.
fn positive(story: &mut Story) {
    story.each(0, 31_500, 20, |_| expired("jti-1"));
    story.each(HOUR, HOUR, 72, |_| expired("jti-1"));
}

/// Nineteen; twenty with the last on the window's edge; twenty that were revoked; and twenty
/// tokens, each once.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 19, |_| expired("jti-2"));
    story.each(0, SECOND, 19, |_| expired("jti-3"));
    story.at(10 * MINUTE, expired("jti-3"));
    story.each(0, SECOND, 20, |_| {
        rejected(Reason::Revoked).of("user-4", "jti-4")
    });
    story.each(0, SECOND, 20, |number| expired(&format!("other-{number}")));
}

fn expired(jti: &str) -> Told {
    rejected(Reason::Expired).of("integration", jti)
}
