//! Attacks with the valid token of one subject.

use jwtrail_event::{EventName, Reason};

use super::{Plan, Strength};
use crate::generate::catalogue::{
    ADMIN_USERS_SCOPE, FIRST_FOREIGN_SCOPE, INVOICE, ORDER, ORDER_LIST, REPORTS_WRITE,
};
use crate::generate::draft::Draft;
use crate::generate::{MINUTE, SECOND};

/// The evader keeps the scopes that it had.
pub(super) fn scope_changed(plan: &mut Plan<'_>) {
    let (mut credential, _) = plan.victim();
    let source = plan.attacker(0);
    let count = match plan.strength {
        Strength::Minimal | Strength::Evader => 1,
        Strength::Typical => 5,
        _ => 40,
    };
    match plan.strength {
        Strength::Evader => {}
        Strength::Minimal => credential.granted |= REPORTS_WRITE,
        _ => credential.granted |= REPORTS_WRITE | ADMIN_USERS_SCOPE,
    }
    for index in 0..count {
        let at = plan.after(index * 3 * SECOND);
        let draft = Draft::accepted(at, ORDER_LIST, &credential, source);
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

pub(super) fn scope_probing(plan: &mut Plan<'_>) {
    // Not a machine: there are so few that one would be drawn again, and the scopes known.
    let (credential, source) = plan.victim();
    let mut effort = plan.effort(5, 10 * MINUTE);
    effort.count = effort.count.min(u32::from(32 - FIRST_FOREIGN_SCOPE));
    plan.series(effort, |_, index, at| {
        let scope = FIRST_FOREIGN_SCOPE + u8::try_from(index).unwrap_or(0);
        Draft::lacking(at, &credential, source, scope)
    });
}

pub(super) fn object_probing(plan: &mut Plan<'_>) {
    let (credential, source) = plan.someone();
    let effort = plan.effort(20, 10 * MINUTE);
    plan.series(effort, |plan, _, at| {
        let route = if plan.strength == Strength::Typical {
            INVOICE
        } else {
            ORDER
        };
        Draft::denied(at, route, &credential, source)
    });
}

/// Three minutes of ten in which the limit was reached.
pub(super) fn excess(plan: &mut Plan<'_>) {
    let (credential, source) = plan.someone();
    let mut effort = plan.effort(3, 10 * MINUTE).no_faster_than(61 * SECOND);
    if plan.strength == Strength::Loud {
        effort.count = 9;
    }
    plan.series(effort, |_, _, at| {
        let mut draft = Draft::accepted(at, ORDER_LIST, &credential, source);
        draft.event = EventName::RateExceeded;
        draft.reason = Some(Reason::RateLimited);
        draft
    });
}
