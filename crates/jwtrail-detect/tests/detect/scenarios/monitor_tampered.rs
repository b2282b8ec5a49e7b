use jwtrail_detect::Severity;
use jwtrail_event::EventName;

use super::Scenario;
use super::story::{DAY, HOUR, MINUTE, Story};
use super::told::{accepted, of_monitor};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "monitor-tampered",
    raises: &[
        ("jwtrail-monitor", Severity::High),
        ("monitor-of-shop", Severity::High),
        ("monitor-of-test", Severity::High),
        ("monitor-of-staging", Severity::High),
    ],
    positive,
    negative,
    blunt: &[
        &[("threshold: 1", "threshold: 2")],
        &[("weekday|lte: 5", "weekday|lte: 6")],
        &[("hour|gte: 8", "hour|gte: 7")],
        &[("hour|lt: 18", "hour|lt: 19")],
    ],
    sharp: &[
        &[("weekday|lte: 5", "weekday|lte: 4")],
        &[("hour|gte: 8", "hour|gte: 9")],
        &[("hour|lt: 18", "hour|lt: 17")],
        &[("      - changed\n", "      - changed\n      - added\n")],
    ],
};

/// A rule disabled on Monday at 18:00, an output changed on Tuesday just before 08:00, a quarantine
/// released on Saturday at noon, and a subject erased on Sunday.
fn positive(story: &mut Story) {
    story.at(9 * HOUR, of_monitor(EventName::RulesChanged, "disabled"));
    story.at(
        23 * HOUR - 1,
        of_monitor(EventName::OutputChanged, "webhook silenced")
            .written_by("monitor-of-shop", "monitor-2"),
    );
    story.at(
        5 * DAY + 3 * HOUR,
        of_monitor(EventName::QuarantineReleased, "subject user-1")
            .written_by("monitor-of-test", "monitor-3"),
    );
    story.at(
        6 * DAY + 3 * HOUR,
        of_monitor(EventName::SubjectErased, "12 events, 1 alerts, 0 notices")
            .written_by("monitor-of-staging", "erase"),
    );
}

/// The same within the change window, from its first to its last moment; and a rule added at
/// night.
fn negative(story: &mut Story) {
    story.at(-HOUR, of_monitor(EventName::RulesChanged, "disabled"));
    story.at(
        9 * HOUR - 1,
        of_monitor(EventName::QuarantineReleased, "subject user-1"),
    );
    story.at(
        4 * DAY + 2 * HOUR,
        of_monitor(EventName::OutputChanged, "webhook silenced"),
    );
    story.at(
        4 * DAY + 8 * HOUR,
        of_monitor(EventName::SubjectErased, "12 events, 1 alerts, 0 notices"),
    );
    story.at(12 * HOUR, of_monitor(EventName::RulesChanged, "added 5f2c"));
    story.at(
        12 * HOUR + MINUTE,
        of_monitor(EventName::QuarantineAdded, "subject user-1"),
    );
    story.at(13 * HOUR, accepted());
}
