use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{CURL, Told, refresh_refused};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "refresh-guessing",
    raises: &[("203.0.113.1", Severity::Medium)],
    positive,
    negative,
    blunt: &[
        &[("gte: 10", "gte: 11")],
        &[("      - malformed_token\n", "")],
    ],
    sharp: &[
        &[("gte: 10", "gte: 9")],
        &[("timespan: 5m", "timespan: 6m"), ("quiet: 5m", "quiet: 6m")],
        &[("- refresh_unknown", "- refresh_client_mismatch")],
    ],
};

/// Ten within the window, two of which are no refresh tokens at all.
fn positive(story: &mut Story) {
    story.each(0, 33_300, 10, |number| {
        refused(
            match number % 5 {
                0 => Reason::MalformedToken,
                _ => Reason::RefreshUnknown,
            },
            "203.0.113.1",
        )
    });
}

/// Nine; ten with the last on the window's edge; and ten of another client.
fn negative(story: &mut Story) {
    let unknown = |address| refused(Reason::RefreshUnknown, address);
    story.each(0, SECOND, 9, |_| unknown("203.0.113.2"));
    story.each(0, SECOND, 9, |_| unknown("203.0.113.3"));
    story.at(5 * MINUTE, unknown("203.0.113.3"));
    story.each(0, SECOND, 10, |_| {
        refresh_refused(Reason::RefreshClientMismatch, Some("fam-1")).from("203.0.113.4")
    });
}

fn refused(reason: Reason, address: &str) -> Told {
    refresh_refused(reason, None).from(address).by(CURL)
}
