use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{accepted, rejected, without_token};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "token-repeated-rejections",
    raises: &[
        ("jti-1 (https://login.example)", Severity::Low),
        ("jti-6 (https://login.example)", Severity::Medium),
        ("k1:212e7d78fcb59ef31484f1dabc4f9553", Severity::Medium),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 5", "threshold: 6")],
        &[("      - revoked\n", "      - wrong_type\n")],
    ],
    sharp: &[
        &[("threshold: 5", "threshold: 4")],
        &[("window: 5m", "window: 6m"), ("quiet: 5m", "quiet: 6m")],
        &[("      - key_unavailable\n", "")],
        &[("event: token.rejected", "event: token.accepted")],
    ],
};

/// Five of a signed token, by its id, that is only too old; five of one that is of the wrong type
/// once; and five of a forged one, by its fingerprint: from another address each time.
fn positive(story: &mut Story) {
    story.each(0, MINUTE, 5, |number| {
        let address = format!("192.0.2.{}", 20 + number);
        rejected(Reason::Expired)
            .of("user-1", "jti-1")
            .from(&address)
    });
    story.each(0, MINUTE, 4, |_| {
        rejected(Reason::Revoked).of("user-6", "jti-6")
    });
    story.at(
        4 * MINUTE,
        rejected(Reason::WrongType).of("user-6", "jti-6"),
    );
    story.each(20 * MINUTE, 74_900, 5, |number| {
        let address = format!("198.51.100.{number}");
        rejected(Reason::BadSignature)
            .of("user-1", "forged")
            .from(&address)
    });
}

/// Four and a fifth on the window's edge; nine for want of our keys; nine tokens, each once; no
/// token at all; and a good one.
fn negative(story: &mut Story) {
    for at in [0, MINUTE, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE] {
        story.at(at, rejected(Reason::Expired).of("user-2", "jti-2"));
    }
    story.each(0, 10 * SECOND, 9, |_| {
        rejected(Reason::KeyUnavailable).of("user-3", "jti-3")
    });
    story.each(0, 10 * SECOND, 9, |number| {
        rejected(Reason::BadSignature).of("user-4", &format!("forged-{number}"))
    });
    story.each(0, 10 * SECOND, 9, |_| without_token());
    story.each(0, 10 * SECOND, 9, |_| accepted().of("user-5", "jti-5"));
}
