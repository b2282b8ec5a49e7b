use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, Story};
use super::told::{CURL, Told, accepted, rejected, revoked};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "revoked-token-use",
    raises: &[
        ("jti-1 (https://login.example)", Severity::Medium),
        ("jti-2 (https://login.example)", Severity::Medium),
        ("jti-5 (https://login.example)", Severity::Low),
    ],
    positive,
    negative,
    blunt: &[
        &[(
            ELSEWHERE,
            "field: network\n  memory: 7d\n  learn: accepted or refused\n  fire: refused\n  since: revoked\n",
        )],
        &[(
            "    - revoked-token-in-other-hands\n  escalate:\n    level: medium\n    part: revoked-token-in-other-hands\n",
            "    - revoked-token-of-another-program\n",
        )],
    ],
    sharp: &[
        &[(
            ELSEWHERE,
            "field: client_ip\n  memory: 7d\n  learn: accepted or refused\n  fire: refused\n  since: revoked or refused\n",
        )],
        &[(
            "at_least: 5m\n---\ntitle: A revoked token comes from a new program",
            "at_least: 4m\n---\ntitle: A revoked token comes from a new program",
        )],
    ],
};

/// What stands in one part of the rule only.
const ELSEWHERE: &str = "field: network\n  memory: 7d\n  learn: accepted or refused\n  fire: refused\n  since: revoked or refused\n";

/// Five minutes after its revocation a token comes from elsewhere; another does after it was
/// first refused, for its subject was revoked; and a laptop is taken home.
fn positive(story: &mut Story) {
    story.at(-MINUTE, used("jti-1"));
    story.at(0, revoked().of("user-1", "jti-1"));
    story.at(5 * MINUTE, refused("jti-1", "203.0.113.9").by(CURL));
    story.at(-MINUTE, used("jti-2"));
    story.at(0, refused("jti-2", "192.0.2.10"));
    story.at(6 * MINUTE, refused("jti-2", "198.51.100.9").by(CURL));
    story.at(-MINUTE, used("jti-5"));
    story.at(0, revoked().of("user-1", "jti-5"));
    story.at(5 * MINUTE, refused("jti-5", "203.0.113.9"));
}

/// A moment too early; and a tab that goes on polling from where it was, by another address of
/// its network.
fn negative(story: &mut Story) {
    story.at(-MINUTE, used("jti-3"));
    story.at(0, revoked().of("user-1", "jti-3"));
    story.at(5 * MINUTE - 1, refused("jti-3", "203.0.113.9"));
    story.at(-MINUTE, used("jti-4"));
    story.at(0, revoked().of("user-1", "jti-4"));
    story.each(MINUTE, MINUTE, 20, |_| refused("jti-4", "192.0.2.10"));
    story.at(22 * MINUTE, refused("jti-4", "192.0.2.99"));
}

fn used(jti: &str) -> Told {
    accepted().of("user-1", jti)
}

fn refused(jti: &str, address: &str) -> Told {
    rejected(Reason::Revoked).of("user-1", jti).from(address)
}
