use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{HOUR, MINUTE, SECOND, Story};
use super::told::{Told, accepted, heartbeat, records_dropped, stopped};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "audit-gap",
    raises: &[
        ("orders-api-1 (orders-api)", Severity::High),
        ("orders-api-2 (orders-api)", Severity::High),
        ("orders-api-3 (orders-api)", Severity::High),
        ("orders-api-4 (orders-api)", Severity::High),
        ("orders-api-5 (orders-api)", Severity::High),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 1", "threshold: 2")],
        &[("within: 60s", "within: 9m")],
        &[("    - audit-number-missing\n", "")],
        &[("  each: boot_id\n", "")],
    ],
    sharp: &[
        &[("within: 60s", "within: 58s")],
        &[("until: stops", "until: beats and stops")],
    ],
};

/// A number that never came, a sink that lost records, an instance that fell silent, one that was
/// killed and is back at once, and a number that never came of one of two processes of one name.
fn positive(story: &mut Story) {
    story.each(0, 10 * SECOND, 31, |number| {
        let skipped = u64::from(number == 7);
        heartbeat()
            .written_by("orders-api", "orders-api-1")
            .after_a_gap(skipped)
    });
    story.each(0, 10 * SECOND, 31, |_| {
        of_instance("orders-api-2", heartbeat())
    });
    story.at(95 * SECOND, of_instance("orders-api-2", records_dropped()));
    story.each(0, 10 * SECOND, 7, |_| {
        of_instance("orders-api-3", heartbeat())
    });
    story.each(0, 10 * SECOND, 7, |_| {
        of_instance("orders-api-4", heartbeat())
    });
    story.each(65 * SECOND, 10 * SECOND, 25, |_| {
        of_instance("orders-api-4", heartbeat()).boot("b2")
    });
    story.each(0, 10 * SECOND, 31, |number| {
        let skipped = u64::from(number == 7);
        of_instance("orders-api-5", heartbeat()).after_a_gap(skipped)
    });
    story.each(SECOND, 10 * SECOND, 31, |_| {
        of_instance("orders-api-5", heartbeat()).boot("b2")
    });
}

/// A boot that begins again, a heartbeat that is late, and one that is the last.
fn negative(story: &mut Story) {
    story.each(0, 10 * SECOND, 13, |_| heartbeat());
    story.at(125 * SECOND, stopped());
    story.each(3 * MINUTE, 10 * SECOND, 31, |_| heartbeat().boot("b2"));
    for at in [0, 10 * SECOND, 69 * SECOND, 2 * MINUTE] {
        story.at(at, of_instance("orders-api-2", heartbeat()));
    }
    story.at(2 * MINUTE, of_instance("orders-api-2", stopped()));
    // It has never said that it would send heartbeats.
    story.at(0, accepted().written_by("stock-api", "stock-api-1"));
    story.at(HOUR, heartbeat().boot("b3"));
    story.at(HOUR + SECOND, stopped().boot("b3"));
    story.at(3 * MINUTE + 301 * SECOND, stopped().boot("b2"));
}

fn of_instance(instance: &str, event: Told) -> Told {
    event.written_by("orders-api", instance)
}
