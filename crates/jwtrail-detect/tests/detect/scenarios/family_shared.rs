use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{HOUR, MINUTE, Story};
use super::told::{BROWSER, CURL, Told, refresh_refused, refresh_replayed, refreshed};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "family-shared",
    raises: &[("fam-1", Severity::High), ("fam-2", Severity::High)],
    positive,
    negative,
    blunt: &[
        &[("threshold: 2", "threshold: 3")],
        &[("threshold: 4", "threshold: 5")],
    ],
    sharp: &[
        &[("threshold: 4", "threshold: 3")],
        &[
            ("window: 1h\n  threshold: 2", "window: 61m\n  threshold: 2"),
            ("quiet: 1h", "quiet: 61m"),
        ],
    ],
};

/// A browser and a program; and one browser from four networks.
fn positive(story: &mut Story) {
    story.at(0, of("fam-1", "192.0.2.10", BROWSER, 1));
    story.at(HOUR - 1, of("fam-1", "192.0.2.10", CURL, 2));
    let networks = ["192.0.2.10", "198.51.100.1", "203.0.113.1", "2001:db8:7::1"];
    for (number, address) in (1..).zip(networks) {
        let at = i64::try_from(number).unwrap() * 14 * MINUTE;
        story.at(at, of("fam-2", address, BROWSER, number));
    }
}

/// Two versions of one browser; three networks, one of them twice; two programs that an hour
/// parts; and a refusal, which is no use.
fn negative(story: &mut Story) {
    let newer = BROWSER.replace("140.0", "141.0");
    story.at(0, of("fam-3", "192.0.2.10", BROWSER, 1));
    story.at(5 * MINUTE, of("fam-3", "192.0.2.10", &newer, 2));
    for (at, address) in [
        (0, "192.0.2.10"),
        (10 * MINUTE, "192.0.2.99"),
        (20 * MINUTE, "198.51.100.1"),
        (30 * MINUTE, "2001:db8:7:1::1"),
        (40 * MINUTE, "2001:db8:7:2::1"),
    ] {
        story.at(at, of("fam-4", address, BROWSER, 1));
    }
    story.at(0, of("fam-5", "192.0.2.10", BROWSER, 1));
    story.at(HOUR, of("fam-5", "192.0.2.10", CURL, 2));
    story.at(0, of("fam-6", "192.0.2.10", BROWSER, 1));
    story.at(1, refresh_replayed().family("fam-6", 1));
    let refused = refresh_refused(Reason::RefreshClientMismatch, Some("fam-6"));
    story.at(MINUTE, refused.by(CURL));
}

fn of(family: &str, address: &str, agent: &str, generation: u64) -> Told {
    refreshed()
        .of("user-1", &format!("{family}-{generation}"))
        .family(family, generation)
        .from(address)
        .by(agent)
}
