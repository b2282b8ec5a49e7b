use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{CURL, Told, accepted, logged_in, login_failed, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "credential-stuffing",
    raises: &[
        ("203.0.113.1", Severity::High),
        ("203.0.113.2", Severity::High),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 25", "threshold: 26")],
        &[("distinct: 15", "distinct: 16")],
        &[("percent: 80", "percent: 81")],
        &[("window: 10m", "window: 5m")],
    ],
    sharp: &[
        &[("threshold: 25", "threshold: 24")],
        &[("distinct: 15", "distinct: 14")],
        &[("percent: 80", "percent: 78")],
        &[("window: 10m", "window: 11m"), ("quiet: 10m", "quiet: 11m")],
        &[("      - key_unavailable\n", "")],
    ],
};

/// 25 failed logins of 15 names, with six good ones between them; and 25 stolen tokens that are
/// too old.
fn positive(story: &mut Story) {
    story.each(0, 24_900, 25, |number| tried("203.0.113.1", number % 15));
    story.each(SECOND, 90 * SECOND, 6, |number| {
        good(&format!("lucky-{number}")).from("203.0.113.1")
    });
    story.each(0, 24_900, 25, |number| {
        let token = rejected(Reason::Expired);
        token
            .of(&format!("user-{number}"), &format!("stolen-{number}"))
            .from("203.0.113.2")
            .by(CURL)
    });
}

/// One failure, one name or one percent too few; the last on the window's edge; a busy office;
/// and a service without keys.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 24, |number| tried("203.0.113.3", number));
    story.each(0, SECOND, 25, |number| tried("203.0.113.4", number % 14));
    story.each(0, SECOND, 25, |number| tried("203.0.113.5", number));
    story.each(1, 2 * SECOND, 7, |number| {
        good(&format!("user-{number}")).from("203.0.113.5")
    });
    story.each(0, SECOND, 24, |number| tried("203.0.113.6", number));
    story.at(10 * MINUTE, tried("203.0.113.6", 24));
    story.each(0, 2 * SECOND, 40, |number| tried("203.0.113.7", number));
    story.each(1, SECOND, 120, |number| {
        accepted()
            .of(
                &format!("user-{}", number % 9),
                &format!("jti-{}", number % 9),
            )
            .from("203.0.113.7")
    });
    story.each(0, SECOND, 40, |number| {
        rejected(Reason::KeyUnavailable)
            .of("somebody", &format!("good-{number}"))
            .from("203.0.113.8")
    });
}

fn tried(address: &str, name: i64) -> Told {
    login_failed()
        .of(&format!("victim-{name}"), "")
        .from(address)
        .by(CURL)
}

fn good(sub: &str) -> Told {
    logged_in().of(sub, "").without_jti()
}
