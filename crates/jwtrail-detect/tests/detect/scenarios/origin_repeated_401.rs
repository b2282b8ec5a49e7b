use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "origin-repeated-401",
    raises: &[
        ("203.0.113.1", Severity::Low),
        ("https://shop.example", Severity::Low),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 20", "threshold: 21")],
        &[("    - origin\n", "")],
    ],
    sharp: &[
        &[("threshold: 20", "threshold: 19")],
        &[("window: 5m", "window: 6m"), ("quiet: 5m", "quiet: 6m")],
        &[("      - key_unavailable\n", "")],
    ],
};

/// Twenty from one address; and twenty from the pages of one origin, from twenty addresses.
fn positive(story: &mut Story) {
    story.each(0, 15_700, 20, |number| refused("203.0.113.1", number));
    story.each(0, 15_700, 20, |number| {
        refused(&format!("198.51.100.{number}"), number).origin("https://shop.example")
    });
}

/// Nineteen; twenty with the last on the window's edge; and keys that could not be had.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 19, |number| refused("203.0.113.2", number));
    story.each(0, SECOND, 19, |number| refused("203.0.113.3", number));
    story.at(5 * MINUTE, refused("203.0.113.3", 19));
    story.each(0, SECOND, 25, |number| {
        rejected(Reason::KeyUnavailable)
            .of("somebody", &format!("good-{number}"))
            .from("203.0.113.4")
    });
}

fn refused(address: &str, number: i64) -> Told {
    let reason = match number % 3 {
        0 => Reason::Expired,
        1 => Reason::BadAudience,
        _ => Reason::Revoked,
    };
    rejected(reason)
        .of(
            &format!("user-{number}"),
            &format!("bad-{address}-{number}"),
        )
        .from(address)
}
