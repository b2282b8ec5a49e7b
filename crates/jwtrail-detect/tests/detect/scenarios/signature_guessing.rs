use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{CURL, Told, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "signature-guessing",
    raises: &[("2001:db8:1:2::/64", Severity::High)],
    positive,
    negative,
    blunt: &[&[("gte: 20", "gte: 21")]],
    sharp: &[
        &[("gte: 20", "gte: 19")],
        &[("timespan: 5m", "timespan: 6m"), ("quiet: 5m", "quiet: 6m")],
        &[("reason: bad_signature", "reason: malformed_token")],
    ],
};

/// Twenty within the window, from as many addresses of one subscriber.
fn positive(story: &mut Story) {
    story.each(0, 15_700, 20, |number| {
        guess(&format!("2001:db8:1:2::{number:x}"), number)
    });
}

/// Nineteen; twenty with the last on the window's edge; and what is no token at all.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 19, |number| guess("203.0.113.2", number));
    story.each(0, SECOND, 19, |number| guess("203.0.113.3", number));
    story.at(5 * MINUTE, guess("203.0.113.3", 19));
    story.each(0, SECOND, 30, |number| {
        rejected(Reason::MalformedToken)
            .of("nobody", &format!("noise-{number}"))
            .from("203.0.113.4")
            .by(CURL)
    });
}

fn guess(address: &str, number: i64) -> Told {
    rejected(Reason::BadSignature)
        .of("user-1", &format!("guess-{address}-{number}"))
        .from(address)
        .by(CURL)
}
