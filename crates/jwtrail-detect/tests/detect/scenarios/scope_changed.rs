use jwtrail_detect::Severity;

use super::Scenario;
use super::story::{DAY, HOUR, MINUTE, Story};
use super::told::{Told, accepted};

pub(super) const SCENARIO: Scenario = Scenario {
    rule: "scope-changed",
    raises: &[
        ("user-1 (https://login.example)", Severity::Informational),
        ("user-2 (https://login.example)", Severity::High),
        ("mobile (https://login.example)", Severity::Informational),
    ],
    positive,
    negative,
    blunt: &[
        &[("warm_up: 14d", "warm_up: 15d")],
        &[("scope_class: admin", "scope_class: support")],
        &[("    - client\n", "")],
    ],
    sharp: &[
        &[("warm_up: 14d", "warm_up: 13d")],
        &[("memory: 366d", "memory: 12d")],
    ],
};

/// Somebody known for 14 days shows a new scope, somebody else an administrator's, and a client
/// one that its subject knew.
fn positive(story: &mut Story) {
    everything_is_known_of(story, "web");
    story.at(-14 * DAY, with("user-1", "orders:read"));
    story.at(0, with("user-1", "orders:read orders:refund"));
    story.at(-14 * DAY, with("user-2", "orders:read"));
    story.at(0, with("user-2", "orders:read orders:admin").class("admin"));
    story.at(-14 * DAY, with("user-3", "orders:read stock:read"));
    story.at(-14 * DAY, with("user-3", "orders:read").client("mobile"));
    story.at(0, with("user-3", "stock:read").client("mobile"));
}

/// Somebody who is not known for long enough; somebody who is new; fewer scopes than before, in
/// another order; and one that was away for 13 days.
fn negative(story: &mut Story) {
    everything_is_known_of(story, "web");
    story.at(-14 * DAY + 1, with("user-4", "orders:read"));
    story.at(0, with("user-4", "orders:read orders:refund"));
    story.at(0, with("user-5", "orders:read"));
    story.at(HOUR, with("user-5", "orders:admin").class("admin"));
    story.at(
        -14 * DAY,
        with("user-6", "orders:read orders:refund stock:read"),
    );
    story.at(0, with("user-6", "stock:read orders:read"));
    story.at(-20 * DAY, with("user-7", "orders:read orders:refund"));
    story.at(-13 * DAY, with("user-7", "orders:refund"));
    story.at(-DAY, with("user-7", "orders:read"));
    story.at(0, with("user-7", "orders:read orders:refund"));
}

/// A client whose users show every scope.
fn everything_is_known_of(story: &mut Story, client: &str) {
    for days in [21, 10, 1] {
        let scopes = "orders:read orders:refund orders:admin stock:read";
        let user = with("user-9", scopes).class("admin").client(client);
        story.at(-days * DAY - MINUTE, user);
    }
}

fn with(sub: &str, scope: &str) -> Told {
    accepted().of(sub, &format!("jti-of-{sub}")).scope(scope)
}
