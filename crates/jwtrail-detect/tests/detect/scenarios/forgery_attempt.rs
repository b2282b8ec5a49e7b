use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{CURL, Told, accepted, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "forgery-attempt",
    raises: &[
        ("203.0.113.1", Severity::High),
        ("203.0.113.2", Severity::High),
        ("203.0.113.3", Severity::Informational),
        ("203.0.113.4", Severity::Informational),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 1\n", "threshold: 2\n")],
        &[("threshold: 5", "threshold: 6")],
        &[(
            "known_claimed_subject: true",
            "known_claimed_subject: false",
        )],
    ],
    sharp: &[&[("- untrusted_key", "- unknown_key")]],
};

/// Five within the window; one that claims a subject that we know; one alone; and four, with a
/// fifth on the window's edge.
fn positive(story: &mut Story) {
    story.at(0, accepted());
    for (number, reason) in (0..).zip([
        Reason::AlgorithmNotAllowed,
        Reason::UntrustedKey,
        Reason::UnsupportedCritical,
        Reason::AlgorithmNotAllowed,
    ]) {
        story.at(number * MINUTE, forged(reason, "203.0.113.1", number));
        story.at(number * MINUTE, forged(reason, "203.0.113.4", number));
    }
    let last = || Reason::AlgorithmNotAllowed;
    story.at(10 * MINUTE - 1, forged(last(), "203.0.113.1", 4));
    story.at(10 * MINUTE, forged(last(), "203.0.113.4", 4));
    story.at(
        30 * SECOND,
        forged(last(), "203.0.113.2", 5).claiming("user-1", "jti-9"),
    );
    story.at(40 * SECOND, forged(last(), "203.0.113.3", 6));
}

/// Other mistakes of tokens.
fn negative(story: &mut Story) {
    story.at(0, accepted());
    for (number, reason) in (0..).zip([
        Reason::BadSignature,
        Reason::UnknownKey,
        Reason::MalformedToken,
        Reason::Expired,
        Reason::TokenTooLarge,
    ]) {
        let sent = rejected(reason).of("user-1", &format!("bad-{number}"));
        story.at(number * SECOND, sent.from("203.0.113.1"));
    }
}

fn forged(reason: Reason, address: &str, number: i64) -> Told {
    rejected(reason)
        .of("nobody", &format!("forged-{address}-{number}"))
        .claiming("nobody", "jti-0")
        .from(address)
        .by(CURL)
}
