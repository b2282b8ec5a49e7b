use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{HOUR, MINUTE, SECOND, Story};
use super::told::{Told, issued};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "issuance-burst",
    raises: &[("web (https://login.example)", Severity::Medium)],
    positive,
    negative,
    blunt: &[
        &[("floor: 50", "floor: 51")],
        &[("warm_up: 1d", "warm_up: 2d")],
    ],
    sharp: &[
        &[("floor: 50", "floor: 49")],
        &[("deviations: 6", "deviations: 1")],
        &[("warm_up: 1d", "warm_up: 23h")],
    ],
};

/// Fifty within the window.
fn positive(story: &mut Story) {
    story.at(-25 * HOUR, to("web", 0));
    story.each(0, 10 * SECOND, 50, |number| to("web", number));
    story.at(HOUR, to("web", 50));
}

/// 49; a client to which nearly fifty are usual, and now a few more; and one that has been known
/// for less than a day.
fn negative(story: &mut Story) {
    story.each(0, 10 * SECOND, 49, |number| to("mobile", number));
    for bucket in -12..0 {
        story.each(bucket * 5 * MINUTE, 12 * SECOND, 24, |number| {
            to("batch", number)
        });
    }
    story.each(0, 10 * SECOND, 54, |number| to("batch", 900 + number));
    story.at(MINUTE - 24 * HOUR, to("newcomer", 0));
    story.each(0, SECOND, 50, |number| to("newcomer", number));
    for client in ["mobile", "batch"] {
        story.at(-25 * HOUR, to(client, 1_000));
        story.at(HOUR, to(client, 2_000));
    }
}

fn to(client: &str, number: i64) -> Told {
    issued()
        .of(&format!("user-{number}"), &format!("{client}-{number}"))
        .client(client)
}
