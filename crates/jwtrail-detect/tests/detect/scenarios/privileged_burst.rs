use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, accepted};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "privileged-burst",
    raises: &[("user-1 (https://login.example)", Severity::Medium)],
    positive,
    negative,
    blunt: &[&[("floor: 100", "floor: 101")]],
    sharp: &[
        &[("floor: 100", "floor: 99")],
        &[("deviations: 6", "deviations: 1")],
        &[("    scope_class: admin\n", "")],
    ],
};

/// A hundred within the window, where one an hour was usual.
fn positive(story: &mut Story) {
    story.each(-180 * MINUTE, 60 * MINUTE, 3, |_| admin("user-1"));
    story.each(0, 5 * SECOND + 700, 100, |_| admin("user-1"));
    story.at(60 * MINUTE, admin("user-1"));
}

/// 99; an administrator who always does nearly so much, and now a little more; and requests that
/// are not an administrator's.
fn negative(story: &mut Story) {
    story.each(0, 5 * SECOND + 700, 99, |_| admin("user-2"));
    for bucket in -12..0 {
        let start = bucket * 5 * MINUTE;
        story.each(start, 6 * SECOND, 45, |_| admin("user-3"));
    }
    story.each(0, 5 * SECOND + 500, 108, |_| admin("user-3"));
    story.each(0, 2 * SECOND, 100, |_| accepted().of("user-4", "jti-4"));
    for sub in ["user-2", "user-3"] {
        story.at(60 * MINUTE, admin(sub));
    }
}

fn admin(sub: &str) -> Told {
    accepted()
        .of(sub, &format!("jti-of-{sub}"))
        .scope("orders:admin")
        .class("admin")
        .route("GET", "/admin/orders")
}
