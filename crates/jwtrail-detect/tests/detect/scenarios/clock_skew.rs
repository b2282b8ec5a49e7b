use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "clock-skew",
    raises: &[("https://login.example", Severity::Low)],
    positive,
    negative,
    blunt: &[
        &[("gte: 10", "gte: 11")],
        &[("      - issued_in_future\n", "")],
    ],
    sharp: &[
        &[("gte: 10", "gte: 9")],
        &[("timespan: 5m", "timespan: 6m"), ("quiet: 5m", "quiet: 6m")],
    ],
};

/// Ten tokens of many subjects within the window.
fn positive(story: &mut Story) {
    story.each(0, 33_300, 10, |number| {
        early(number, "https://login.example", "orders-api")
    });
}

/// Nine of one issuer, ten of another with the last on the window's edge, and ten whose end has
/// come.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 9, |number| {
        early(number, "https://nine.example", "orders-api")
    });
    story.each(0, SECOND, 9, |number| {
        early(number, "https://edge.example", "orders-api")
    });
    story.at(5 * MINUTE, early(9, "https://edge.example", "orders-api"));
    story.each(0, SECOND, 10, |number| {
        rejected(Reason::Expired).of(&format!("user-{number}"), &format!("old-{number}"))
    });
}

fn early(number: i64, issuer: &str, service: &str) -> Told {
    let reason = match number % 2 {
        0 => Reason::NotYetValid,
        _ => Reason::IssuedInFuture,
    };
    rejected(reason)
        .of(&format!("user-{number}"), &format!("jti-{number}"))
        .issued_by(issuer)
        .written_by(service, &format!("{service}-1"))
}
