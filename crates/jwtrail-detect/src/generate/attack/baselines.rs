//! Attacks that show only against what is usual.

use jwtrail_event::{EventName, Reason};

use super::{Plan, Strength};
use crate::generate::catalogue::{
    ADMIN_GRANT, ADMIN_USERS, ISSUE, ORDER_LIST, ORDERS_EXPORT, PARTNER_SIGN_IN, REFRESH,
};
use crate::generate::draft::Draft;
use crate::generate::{MINUTE, SECOND};

pub(super) fn failures(plan: &mut Plan<'_>) {
    plan.align();
    let (credential, source) = plan.victim();
    let effort = plan.effort(10, BUCKET);
    plan.series(effort, |plan, _, at| {
        let mut old = credential;
        old.token = plan.world.number();
        old.issued -= 90_000;
        Draft::rejected(at, ORDER_LIST, &old, source, Reason::Expired)
    });
}

pub(super) fn refreshes(plan: &mut Plan<'_>) {
    plan.align();
    let (mut credential, source) = plan.victim();
    let effort = plan.effort(10, BUCKET);
    plan.series(effort, |plan, _, at| {
        credential.previous = credential.token;
        credential.token = plan.world.number();
        credential.generation += 1;
        let event = EventName::TokenRefreshed;
        Draft::minted(at, event, REFRESH, &credential, source)
    });
}

/// Twenty addresses with two failures each.
pub(super) fn distributed(plan: &mut Plan<'_>) {
    plan.align();
    let mut effort = plan.effort(20, BUCKET);
    effort.count *= 2;
    effort.gap /= 2;
    effort.decisive = effort.decisive * 2 + 1;
    plan.series(effort, |plan, index, at| {
        let source = plan.attacker(u64::from(index / 2));
        Draft::failed_login(at, PARTNER_SIGN_IN, plan.guess(index), source)
    });
}

/// Twenty requests with an administrator's token.
pub(super) fn privileged(plan: &mut Plan<'_>) {
    plan.align();
    let (mut credential, source) = plan.victim();
    credential.granted = ADMIN_GRANT & !ORDERS_EXPORT;
    let effort = plan.effort(20, BUCKET);
    plan.series(effort, |_, _, at| {
        Draft::accepted(at, ADMIN_USERS, &credential, source)
    });
}

pub(super) fn failure_rate(plan: &mut Plan<'_>) {
    plan.align();
    let effort = plan.effort(50, BUCKET);
    plan.series(effort, |plan, index, at| {
        let source = plan.attacker(u64::from(index % 10));
        Draft::failed_login(at, PARTNER_SIGN_IN, plan.guess(index), source)
    });
}

pub(super) fn issuance(plan: &mut Plan<'_>) {
    plan.align();
    let (mut credential, source) = if plan.strength == Strength::Typical {
        plan.heavy()
    } else {
        let (_, source) = plan.victim();
        (plan.heavy().0, source)
    };
    let effort = plan.effort(20, BUCKET).no_faster_than(SECOND / 4);
    plan.series(effort, |plan, _, at| {
        credential.token = plan.world.number();
        credential.issued = at.time / SECOND;
        Draft::minted(at, EventName::TokenIssued, ISSUE, &credential, source)
    });
}

/// All of it lies in one bucket.
const BUCKET: i64 = 5 * MINUTE;
