use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{MINUTE, SECOND, Story};
use super::told::{Told, object_denied, scope_denied};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "object-probing",
    raises: &[("user-1 (https://login.example), order", Severity::Medium)],
    positive,
    negative,
    blunt: &[&[("gte: 20", "gte: 21")]],
    sharp: &[
        &[("gte: 20", "gte: 19")],
        &[
            ("timespan: 10m", "timespan: 11m"),
            ("quiet: 10m", "quiet: 11m"),
        ],
        &[("    reason: policy_denied\n", "")],
        &[("  per: object_type\n", ""), ("    - object_type\n", "")],
    ],
};

/// Twenty orders of others within the window.
fn positive(story: &mut Story) {
    story.each(0, 31_500, 20, |_| denied("user-1", "order"));
}

/// Nineteen; twenty of two types; twenty with the last on the window's edge; and scopes that
/// were missing.
fn negative(story: &mut Story) {
    story.each(0, SECOND, 19, |_| denied("user-2", "order"));
    story.each(0, SECOND, 10, |_| denied("user-3", "order"));
    story.each(0, SECOND, 10, |_| denied("user-3", "invoice"));
    story.each(0, SECOND, 19, |_| denied("user-4", "order"));
    story.at(10 * MINUTE, denied("user-4", "order"));
    story.each(0, SECOND, 25, |_| {
        let mut told = scope_denied("orders:write").of("user-5", "jti-5");
        told.record.object_type = object_denied("order").record.object_type;
        told
    });
}

fn denied(sub: &str, object_type: &str) -> Told {
    object_denied(object_type).of(sub, &format!("jti-of-{sub}"))
}
