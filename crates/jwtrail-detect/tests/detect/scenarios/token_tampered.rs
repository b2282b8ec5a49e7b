use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{DAY, MINUTE, SECOND, Story};
use super::told::{CURL, Told, accepted, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "token-tampered",
    raises: &[("jti-1 (https://login.example)", Severity::High)],
    positive,
    negative,
    blunt: &[
        &[("timespan: 1d", "timespan: 23h")],
        &[("reason: bad_signature", "reason: unknown_key")],
    ],
    sharp: &[
        &[
            ("timespan: 1d", "timespan: 25h"),
            ("quiet: 1d", "quiet: 25h"),
        ],
        &[("    reason: bad_signature\n", "")],
    ],
};

/// A token that was good a day ago, now with another subject.
fn positive(story: &mut Story) {
    story.at(1 - DAY, accepted().of("user-1", "jti-1"));
    story.at(0, changed("jti-1"));
}

/// One that was good a moment too long ago; one that nobody has seen; one that is good only
/// later; and other failures of good ones.
fn negative(story: &mut Story) {
    story.at(-DAY, accepted().of("user-2", "jti-2"));
    story.at(0, changed("jti-2"));
    story.at(MINUTE, changed("jti-3"));
    story.at(0, changed("jti-4"));
    story.at(SECOND, accepted().of("user-4", "jti-4"));
    story.at(0, accepted().of("user-5", "jti-5"));
    let expired = rejected(Reason::Expired).of("user-5", "jti-5");
    story.at(MINUTE, expired);
    let unknown = rejected(Reason::UnknownKey).of("admin", "with-a-key");
    story.at(2 * MINUTE, unknown.claiming("admin", "jti-5"));
}

fn changed(jti: &str) -> Told {
    rejected(Reason::BadSignature)
        .of("admin", &format!("changed-{jti}"))
        .claiming("admin", jti)
        .by(CURL)
}
