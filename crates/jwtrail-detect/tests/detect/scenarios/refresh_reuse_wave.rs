use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{HOUR, MINUTE, Story};
use super::told::{Told, refresh_reused};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "refresh-reuse-wave",
    raises: &[("orders-api", Severity::Critical)],
    positive,
    negative,
    blunt: &[&[("gte: 5", "gte: 6")]],
    sharp: &[
        &[("gte: 5", "gte: 4")],
        &[
            ("timespan: 1h", "timespan: 61m"),
            ("quiet: 1h", "quiet: 61m"),
        ],
    ],
};

/// Five subjects within the hour.
fn positive(story: &mut Story) {
    story.each(0, 15 * MINUTE - 1, 5, |number| reused(number, "orders-api"));
}

/// Four subjects, again and again; and five with the last on the hour's edge.
fn negative(story: &mut Story) {
    story.each(0, MINUTE, 20, |number| reused(number % 4, "stock-api"));
    story.each(0, MINUTE, 4, |number| reused(number, "price-api"));
    story.at(HOUR, reused(4, "price-api"));
}

fn reused(subject: i64, service: &str) -> Told {
    refresh_reused()
        .of(&format!("user-{subject}"), &format!("jti-{subject}"))
        .family(&format!("fam-{subject}"), 3)
        .written_by(service, &format!("{service}-1"))
}
