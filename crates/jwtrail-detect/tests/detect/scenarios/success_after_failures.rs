use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{HOUR, MINUTE, SECOND, Story};
use super::told::{CURL, Told, accepted, logged_in, login_failed};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "success-after-failures",
    raises: &[
        ("203.0.113.1", Severity::Critical),
        ("203.0.113.2", Severity::Critical),
    ],
    positive,
    negative,
    blunt: &[&[("window: 10m", "window: 1m"), ("  first: true\n", "")]],
    sharp: &[&[("window: 10m", "window: 11m"), ("quiet: 10m", "quiet: 11m")]],
};

/// A list is tried, and an entry fits: by a login, or by a token.
fn positive(story: &mut Story) {
    stuffing(story, "203.0.113.1", 25);
    story.at(
        9 * MINUTE,
        logged_in()
            .of("victim-3", "")
            .without_jti()
            .from("203.0.113.1"),
    );
    stuffing(story, "203.0.113.2", 25);
    story.at(
        9 * MINUTE,
        accepted().of("victim-4", "jti-4").from("203.0.113.2"),
    );
    story.at(HOUR, accepted());
}

/// A subject that the address has shown before; one too late; and one after too few failures.
fn negative(story: &mut Story) {
    story.at(-HOUR, accepted().of("user-7", "jti-7").from("203.0.113.3"));
    stuffing(story, "203.0.113.3", 25);
    story.at(
        5 * MINUTE,
        accepted().of("user-7", "jti-7").from("203.0.113.3"),
    );
    stuffing(story, "203.0.113.4", 25);
    let late = 24 * SECOND + 10 * MINUTE;
    story.at(late, accepted().of("user-8", "jti-8").from("203.0.113.4"));
    stuffing(story, "203.0.113.5", 24);
    story.at(
        5 * MINUTE,
        accepted().of("user-9", "jti-9").from("203.0.113.5"),
    );
    story.at(HOUR, accepted());
}

fn stuffing(story: &mut Story, address: &str, failures: i64) {
    story.each(0, SECOND, failures, |number| tried(address, number));
}

fn tried(address: &str, name: i64) -> Told {
    login_failed()
        .of(&format!("victim-{name}"), "")
        .from(address)
        .by(CURL)
}
