use jwtrail_detect::Severity;
use jwtrail_event::{Hop, Reason};

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, accepted, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "token-roaming",
    raises: &[
        ("jti-1 (https://login.example)", Severity::Low),
        ("jti-2 (https://login.example)", Severity::Low),
        ("jti-9 (https://login.example)", Severity::Medium),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 4", "threshold: 5")],
        &[("threshold: 12", "threshold: 13")],
        &[("turns: 4", "turns: 5")],
    ],
    sharp: &[
        &[("threshold: 4", "threshold: 3")],
        &[("turns: 4", "turns: 3")],
        &[
            ("window: 1h\n  threshold: 4", "window: 61m\n  threshold: 4"),
            ("quiet: 1h", "quiet: 61m"),
        ],
        &[(
            "field: network\n  presentations: true\n  window: 1h\n  threshold: 4\n",
            "field: client_ip\n  presentations: true\n  window: 1h\n  threshold: 4\n",
        )],
    ],
};

/// Four networks within the hour; two that take turns; and a dozen.
fn positive(story: &mut Story) {
    let networks = [HOME, OFFICE, TRAIN, "2001:db8:7::1"];
    for (number, address) in (0..).zip(networks) {
        story.at(number * 20 * MINUTE - number, used("jti-1", address));
    }
    story.each(0, 5 * MINUTE - 1, 12, |number| {
        used("jti-9", &format!("198.18.{number}.7"))
    });
    for (number, address) in (0..).zip([HOME, OFFICE, HOME, OFFICE]) {
        story.at(number * MINUTE, used("jti-2", address));
    }
}

/// Three networks one after the other; many addresses of two; a short visit elsewhere; a fourth
/// network on the hour's edge; a call through services; and tokens that were refused.
fn negative(story: &mut Story) {
    for (number, address) in (0..).zip([HOME, OFFICE, TRAIN]) {
        story.at(number * MINUTE, used("jti-3", address));
    }
    story.each(0, MINUTE, 20, |number| {
        used("jti-4", &format!("192.0.2.{}", 100 + number))
    });
    story.each(20 * MINUTE, MINUTE, 20, |number| {
        used("jti-4", &format!("2001:db8:7:{number}::1"))
    });
    for (number, address) in (0..).zip([HOME, OFFICE, HOME]) {
        story.at(number * MINUTE, used("jti-5", address));
    }
    for (number, address) in (0..).zip([HOME, OFFICE, TRAIN, "2001:db8:7::1"]) {
        story.at(number * 20 * MINUTE, used("jti-6", address));
        let refused = rejected(Reason::Expired).of("user-1", "jti-7");
        story.at(number * SECOND, refused.from(address));
    }
    for number in 0..3_u64 {
        let at = i64::try_from(number).unwrap() * MINUTE;
        story.at(at, used("jti-8", HOME).trace(8_000 + number));
        for (service, address) in SERVICES {
            let hop = used("jti-8", HOME).hop(service, address, Hop::Edge);
            story.at(at + 5, hop.trace(8_000 + number));
        }
    }
}

fn used(jti: &str, address: &str) -> Told {
    accepted().of("user-1", jti).from(address)
}

const HOME: &str = "192.0.2.10";
const OFFICE: &str = "198.51.100.20";
const TRAIN: &str = "203.0.113.30";
const SERVICES: [(&str, &str); 4] = [
    ("stock-api", "10.0.1.1"),
    ("price-api", "10.0.2.1"),
    ("user-api", "10.0.3.1"),
    ("mail-api", "10.0.4.1"),
];
