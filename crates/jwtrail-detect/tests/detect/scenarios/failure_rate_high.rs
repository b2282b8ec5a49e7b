use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{HOUR, MINUTE, SECOND, Story};
use super::told::{Told, accepted, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "failure-rate-high",
    raises: &[
        ("/orders/{id} (orders-api)", Severity::Medium),
        ("orders-api", Severity::Medium),
    ],
    positive,
    negative,
    blunt: &[
        &[("floor: 50", "floor: 51")],
        &[("at_least: 12", "at_least: 13")],
        &[("deviations: 6", "deviations: 60")],
        &[("warm_up: 1d", "warm_up: 2d")],
        &[("    - route\n", "")],
    ],
    sharp: &[
        &[("floor: 50", "floor: 49")],
        &[("at_least: 12", "at_least: 11")],
        &[("      - key_unavailable\n", "")],
        &[("deviations: 6", "deviations: 1")],
        &[("warm_up: 1d", "warm_up: 23h")],
    ],
};

/// Every second one of fifty attempts fails, from twelve addresses, where one in twenty did.
fn positive(story: &mut Story) {
    let orders = |number, fails| attempt("orders-api", number, fails);
    story.at(-25 * HOUR, orders(0, false));
    story.each(-60 * MINUTE, 15 * SECOND, 240, |number| {
        orders(number, number % 20 == 0)
    });
    story.each(0, 5 * SECOND, 50, |number| {
        let address = format!("198.51.100.{}", number / 2 % 12);
        orders(number, number % 2 == 1).from(&address)
    });
    story.at(HOUR, orders(0, false));
}

/// 49 attempts that all fail; a service at which four of ten are usual, and now a few more; one
/// that has been known for less than a day; one of which eleven clients are broken; and one that
/// can't get keys.
fn negative(story: &mut Story) {
    story.each(0, 5 * SECOND, 49, |number| {
        attempt("stock-api", number, true)
    });
    story.each(-60 * MINUTE, 30 * SECOND, 120, |number| {
        attempt("price-api", number, number % 10 < 4)
    });
    story.each(0, 5 * SECOND, 50, |number| {
        attempt("price-api", number, number >= 28)
    });
    story.each(0, 5 * SECOND, 50, |number| {
        attempt("mail-api", number, true)
    });
    story.at(5 * MINUTE - 24 * HOUR, attempt("mail-api", 0, false));
    story.each(0, 5 * SECOND, 50, |number| {
        let address = format!("198.51.100.{}", number % 11);
        attempt("user-api", number, true).from(&address)
    });
    story.each(0, 5 * SECOND, 50, |number| {
        let mut told = attempt("key-api", number, true);
        told.record.reason = Some(Reason::KeyUnavailable);
        told
    });
    for service in ["stock-api", "price-api", "user-api", "key-api"] {
        story.at(-25 * HOUR, attempt(service, 0, false));
        story.at(HOUR, attempt(service, 0, false));
    }
}

fn attempt(service: &str, number: i64, fails: bool) -> Told {
    let user = number % 50;
    let (sub, jti) = (format!("user-{user}"), format!("jti-{user}"));
    let told = if fails {
        rejected(Reason::Expired).of(&sub, &format!("old-{jti}-{number}"))
    } else {
        accepted().of(&sub, &jti)
    };
    told.from(&format!("192.0.2.{}", 100 + user))
        .written_by(service, &format!("{service}-1"))
}
