use jwtrail_detect::Severity;
use jwtrail_event::Reason;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, accepted, rejected};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "subject-failure-spike",
    raises: &[
        ("user-1 (https://login.example)", Severity::Medium),
        ("user-2 (https://login.example)", Severity::Medium),
        ("user-6 (https://login.example)", Severity::Low),
    ],
    positive,
    negative,
    blunt: &[
        &[(ONE_FLOOR, "floor: 11\n  deviations: 6\n  model: ewma\n---")],
        &[(
            SEVERAL_FLOOR,
            "floor: 11\n  deviations: 6\n  model: ewma\n  spread",
        )],
        &[(
            SEVERAL_FLOOR,
            "floor: 10\n  deviations: 60\n  model: ewma\n  spread",
        )],
        &[("at_least: 3", "at_least: 4")],
    ],
    sharp: &[
        &[(ONE_FLOOR, "floor: 9\n  deviations: 6\n  model: ewma\n---")],
        &[(ONE_FLOOR, "floor: 10\n  deviations: 1\n  model: ewma\n---")],
        &[(
            EXCUSED,
            "explains.\nlogsource:\n  product: jwtrail\n  service: audit\ndetection:\n  rejected:\n    event: token.rejected\n    trust: signed\n  excused:\n    reason:\n",
        )],
    ],
};

/// Ten of a subject that never failed, of three tokens; ten of one token or two; and forty of a
/// subject that fails now and then.
fn positive(story: &mut Story) {
    story.each(0, 59 * SECOND, 10, |number| failed("user-1", number % 3));
    story.each(0, 59 * SECOND, 10, |number| failed("user-6", number % 2));
    story.each(-120 * MINUTE, 75 * SECOND, 96, |number| {
        failed("user-2", number)
    });
    story.each(0, 10 * SECOND, 40, |number| failed("user-2", 200 + number));
    watermark(story);
}

/// Nine; a little more than usual of a subject whose program is bad; and failures of ours.
fn negative(story: &mut Story) {
    story.each(0, 60 * SECOND, 9, |number| failed("user-3", number));
    story.each(-120 * MINUTE, 75 * SECOND, 96, |number| {
        failed("user-4", number)
    });
    story.each(0, 54 * SECOND, 11, |number| failed("user-4", 200 + number));
    story.each(0, SECOND, 30, |number| {
        let mut told = failed("user-5", number);
        told.record.reason = Some(Reason::KeyUnavailable);
        told
    });
    watermark(story);
}

/// Of the parts, what stands in one of them only.
const ONE_FLOOR: &str = "floor: 10\n  deviations: 6\n  model: ewma\n---";
const EXCUSED: &str = "explains.\nlogsource:\n  product: jwtrail\n  service: audit\ndetection:\n  rejected:\n    event: token.rejected\n    trust: signed\n  excused:\n    reason:\n      - key_unavailable\n";
const SEVERAL_FLOOR: &str = "floor: 10\n  deviations: 6\n  model: ewma\n  spread";

/// An hour later something else happens, and the windows are over.
fn watermark(story: &mut Story) {
    story.at(60 * MINUTE, accepted().of("user-9", "jti-9"));
}

fn failed(sub: &str, number: i64) -> Told {
    rejected(Reason::Revoked).of(sub, &format!("{sub}-{number}"))
}
