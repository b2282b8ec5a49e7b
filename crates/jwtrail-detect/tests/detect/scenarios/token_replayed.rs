use jwtrail_detect::Severity;
use jwtrail_event::{Hop, Reason};

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{BROWSER, CURL, Told, accepted, rejected, scope_denied};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "token-replayed",
    raises: &[
        ("jti-1 (https://login.example)", Severity::High),
        ("jti-7 (https://login.example)", Severity::Low),
    ],
    positive,
    negative,
    blunt: &[
        &[(
            ANYWHERE,
            "condition: presented\nlevel: informational\nnative:\n  type: interleaved\n  window: 9m\n",
        )],
        &[(
            OUTSIDE,
            "condition: presented and not inside\nlevel: informational\nnative:\n  type: interleaved\n  window: 9m\n",
        )],
        &[("      - 10.0.0.0/8\n", "")],
    ],
    sharp: &[
        &[
            (
                ANYWHERE,
                "condition: presented\nlevel: informational\nnative:\n  type: interleaved\n  window: 11m\n",
            ),
            ("quiet: 10m", "quiet: 11m"),
        ],
        &[(
            "    hop: edge\n  condition: presented\nlevel",
            "  condition: presented\nlevel",
        )],
        &[
            (
                ACCEPTED,
                "the first again.\nlogsource:\n  product: jwtrail\n  service: audit\ndetection:\n  presented:\n    event:\n      - token.rejected\n",
            ),
            ("trust: verified", "trust: none"),
        ],
    ],
};

/// What stands in one part of the rule only.
const ANYWHERE: &str =
    "condition: presented\nlevel: informational\nnative:\n  type: interleaved\n  window: 10m\n";
const OUTSIDE: &str = "condition: presented and not inside\nlevel: informational\nnative:\n  type: interleaved\n  window: 10m\n";
const ACCEPTED: &str = "the first again.\nlogsource:\n  product: jwtrail\n  service: audit\ndetection:\n  presented:\n    event:\n      - token.accepted\n";

/// The owner, a thief, and the owner again with a newer browser; and the same with a thief within
/// the private network.
fn positive(story: &mut Story) {
    let newer = BROWSER.replace("140.0", "141.0");
    story.at(0, used("jti-1", HOME, BROWSER));
    story.at(30 * SECOND, used("jti-1", AWAY, CURL));
    let denied = scope_denied("admin:all").of("user-1", "jti-1");
    story.at(31 * SECOND, denied.from(AWAY).by(CURL));
    story.at(10 * MINUTE - 1, used("jti-1", HOME, &newer));
    story.at(0, used("jti-7", HOME, BROWSER));
    story.at(MINUTE, used("jti-7", "10.7.0.9", CURL));
    story.at(10 * MINUTE - 1, used("jti-7", HOME, &newer));
}

/// A change for good; another address of the same browser; another program at the same address;
/// calls from service to service; a third use on the window's edge; and a token that is none.
fn negative(story: &mut Story) {
    story.at(0, used("jti-2", HOME, BROWSER));
    story.each(MINUTE, MINUTE, 3, |_| used("jti-2", AWAY, CURL));
    for number in 0..6 {
        let at = number * 20 * SECOND;
        let [address, agent] = match number % 2 {
            0 => [HOME, BROWSER],
            _ => [AWAY, CURL],
        };
        story.at(at, used("jti-3", address, BROWSER));
        story.at(at, used("jti-4", HOME, agent));
        story.at(
            at,
            rejected(Reason::BadSignature)
                .of("x", "forged")
                .from(address)
                .by(agent),
        );
        passed_on(story, at, u64::try_from(number).unwrap());
    }
    story.at(0, used("jti-6", HOME, BROWSER));
    story.at(MINUTE, used("jti-6", AWAY, CURL));
    story.at(10 * MINUTE, used("jti-6", HOME, BROWSER));
}

/// A request that a service passes on to one that knows it as internal, and to one that does not.
fn passed_on(story: &mut Story, at: i64, trace: u64) {
    let request = || used("jti-5", HOME, BROWSER);
    story.at(at, request().trace(7_000 + trace));
    story.at(
        at + 4,
        request().hop("stock-api", "10.0.0.7", Hop::Internal),
    );
    let unknown = request().hop("price-api", "10.0.0.8", Hop::Edge);
    story.at(at + 6, unknown.trace(7_000 + trace));
}

fn used(jti: &str, address: &str, agent: &str) -> Told {
    accepted().of("user-1", jti).from(address).by(agent)
}

const HOME: &str = "192.0.2.10";
const AWAY: &str = "203.0.113.50";
