use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, refreshed};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "refresh-burst",
    raises: &[("user-1 (https://login.example)", Severity::Low)],
    positive,
    negative,
    blunt: &[&[("floor: 10", "floor: 11")]],
    sharp: &[
        &[("floor: 10", "floor: 9")],
        &[("deviations: 6", "deviations: 1")],
    ],
};

/// Ten within the window, where one in 15 minutes was usual.
fn positive(story: &mut Story) {
    story.each(-180 * MINUTE, 15 * MINUTE, 12, |number| {
        of("user-1", number)
    });
    story.each(0, 29 * SECOND, 10, |number| of("user-1", 12 + number));
    story.at(60 * MINUTE, of("user-1", 30));
}

/// Nine; and a subject with so many devices that nine are usual, and now a few more.
fn negative(story: &mut Story) {
    story.each(0, 29 * SECOND, 9, |number| of("user-2", number));
    for bucket in -12..0 {
        story.each(bucket * 5 * MINUTE, 30 * SECOND, 9, |number| {
            of("user-3", 200 + bucket * 9 + number)
        });
    }
    story.each(0, 22 * SECOND, 13, |number| of("user-3", 400 + number));
    for sub in ["user-2", "user-3"] {
        story.at(60 * MINUTE, of(sub, 999));
    }
}

fn of(sub: &str, generation: i64) -> Told {
    let generation = u64::try_from(generation).unwrap();
    refreshed()
        .of(sub, &format!("{sub}-{generation}"))
        .family(&format!("fam-of-{sub}"), generation)
}
