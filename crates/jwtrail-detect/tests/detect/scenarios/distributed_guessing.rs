use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{HOUR, MINUTE, SECOND, Story};
use super::told::{CURL, Told, login_failed};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "distributed-guessing",
    raises: &[("/login (orders-api)", Severity::High)],
    positive,
    negative,
    blunt: &[
        &[("floor: 20", "floor: 21")],
        &[("at_least: 20", "at_least: 21")],
        &[("warm_up: 1d", "warm_up: 2d")],
    ],
    sharp: &[
        &[("at_least: 20", "at_least: 19")],
        &[("at_most_each: 5", "at_most_each: 6")],
        &[("deviations: 6", "deviations: 1")],
        &[("warm_up: 1d", "warm_up: 23h")],
    ],
};

/// Twenty addresses, one attempt each.
fn positive(story: &mut Story) {
    story.at(-25 * HOUR, tried(0, "/login"));
    story.each(0, 25 * SECOND, 20, |number| tried(number, "/login"));
    story.at(HOUR, tried(0, "/login"));
}

/// Nineteen addresses; twenty, of which one is loud; a route at which nearly so much is usual;
/// and one that has been known for less than a day.
fn negative(story: &mut Story) {
    story.each(0, 4 * SECOND, 95, |number| tried(number % 19, "/login"));
    story.each(0, 4 * SECOND, 25, |number| {
        tried((number - 5).max(0), "/signin")
    });
    for bucket in -24..0 {
        story.each(bucket * 5 * MINUTE, 30 * SECOND, 9, |number| {
            tried((bucket + 24) * 9 + number, "/token")
        });
    }
    story.each(0, 24 * SECOND, 24, |number| tried(number, "/token"));
    story.at(MINUTE - 24 * HOUR, tried(0, "/new"));
    story.each(0, SECOND, 24, |number| tried(number, "/new"));
    for route in ["/login", "/signin", "/token"] {
        story.at(-25 * HOUR, tried(0, route));
        story.at(HOUR, tried(0, route));
    }
}

fn tried(address: i64, route: &'static str) -> Told {
    login_failed()
        .of(&format!("victim-{address}"), "")
        .from(&format!("198.51.100.{}", address % 200))
        .by(CURL)
        .route("POST", route)
}
