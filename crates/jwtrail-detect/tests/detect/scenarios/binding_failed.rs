use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{CURL, Told, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "binding-failed",
    raises: &[
        ("jti-1 (https://login.example)", Severity::High),
        ("jti-2 (https://login.example)", Severity::High),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 3", "threshold: 4")],
        &[("threshold: 1", "threshold: 2")],
    ],
    sharp: &[
        &[("threshold: 3", "threshold: 2")],
        &[
            ("window: 10m\n  threshold: 3", "window: 11m\n  threshold: 3"),
            ("quiet: 10m", "quiet: 11m"),
        ],
        &[("reason: proof_invalid", "reason: proof_nonce_required")],
    ],
};

/// Three proofs that do not hold within the window, and one that came again.
fn positive(story: &mut Story) {
    for at in [0, 5 * MINUTE, 10 * MINUTE - 1] {
        story.at(at, failed(Reason::ProofInvalid, "jti-1"));
    }
    story.at(MINUTE, failed(Reason::ProofReplayed, "jti-2"));
}

/// Two of them; a third on the window's edge; and the server's wish for a nonce, which is no
/// failure.
fn negative(story: &mut Story) {
    for at in [0, MINUTE] {
        story.at(at, failed(Reason::ProofInvalid, "jti-3"));
    }
    for at in [0, 5 * MINUTE, 10 * MINUTE] {
        story.at(at, failed(Reason::ProofInvalid, "jti-4"));
    }
    story.each(0, SECOND, 5, |_| {
        failed(Reason::ProofNonceRequired, "jti-5")
    });
}

fn failed(reason: Reason, jti: &str) -> Told {
    rejected(reason).of("user-1", jti).by(CURL)
}
