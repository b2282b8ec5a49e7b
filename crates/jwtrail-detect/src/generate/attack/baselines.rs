//! Attacks that show only against what is usual.

use jwtrail_event::{EventName, Reason};

use super::{Effort, Plan, Strength};
use crate::generate::catalogue::{
    ADMIN_GRANT, ADMIN_USERS, ISSUE, ORDER_LIST, ORDERS_EXPORT, PARTNER_SIGN_IN, PARTNER_STOCK,
    REFRESH,
};
use crate::generate::draft::Draft;
use crate::generate::{MINUTE, SECOND};

/// With three tokens of the subject, by turns.
pub(super) fn failures(plan: &mut Plan<'_>) {
    let tokens = [(); 3].map(|()| plan.world.number());
    failures_of(plan, &tokens);
}

pub(super) fn failures_of_one(plan: &mut Plan<'_>) {
    let token = plan.world.number();
    failures_of(plan, &[token]);
}

fn failures_of(plan: &mut Plan<'_>, tokens: &[u64]) {
    plan.align();
    let (credential, source) = plan.victim();
    let effort = in_a_bucket(plan, 10, 2 * BUCKET);
    plan.series(effort, |_, index, at| {
        let mut old = credential;
        let of = index as usize % tokens.len().max(1);
        old.token = tokens.get(of).copied().unwrap_or(1);
        old.issued -= 90_000;
        Draft::rejected(at, ORDER_LIST, &old, source, Reason::Expired)
    });
}

pub(super) fn refreshes(plan: &mut Plan<'_>) {
    plan.align();
    let (mut credential, source) = plan.victim();
    let effort = in_a_bucket(plan, 10, BUCKET);
    plan.series(effort, |plan, _, at| {
        credential.previous = credential.token;
        credential.token = plan.world.number();
        credential.generation += 1;
        let event = EventName::TokenRefreshed;
        Draft::minted(at, event, REFRESH, &credential, source)
    });
}

/// Twenty addresses with a failure each; where there are more, five of each.
pub(super) fn distributed(plan: &mut Plan<'_>) {
    plan.align();
    let each = match plan.strength {
        Strength::Minimal | Strength::Evader => 1,
        _ => 5,
    };
    let mut effort = in_a_bucket(plan, 20, 2 * BUCKET);
    effort.count *= each;
    effort.gap /= i64::from(each);
    effort.decisive = effort.decisive * each + each - 1;
    plan.series(effort, |plan, index, at| {
        let source = plan.attacker(u64::from(index / each));
        Draft::failed_login(at, PARTNER_SIGN_IN, plan.guess(index), source)
    });
}

/// A hundred requests with an administrator's token.
pub(super) fn privileged(plan: &mut Plan<'_>) {
    plan.align();
    let (mut credential, source) = plan.victim();
    credential.granted = ADMIN_GRANT & !ORDERS_EXPORT;
    let effort = in_a_bucket(plan, 100, 2 * BUCKET);
    plan.series(effort, |_, _, at| {
        Draft::accepted(at, ADMIN_USERS, &credential, source)
    });
}

pub(super) fn failure_rate(plan: &mut Plan<'_>) {
    plan.align();
    let effort = in_a_bucket(plan, 50, BUCKET);
    plan.series(effort, |plan, index, at| {
        let source = plan.attacker(u64::from(index % 12));
        let token = plan.forged(plan.guess(index));
        Draft::rejected(at, PARTNER_STOCK, &token, source, Reason::BadIssuer)
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
    let effort = in_a_bucket(plan, 50, 2 * BUCKET);
    plan.series(effort, |plan, _, at| {
        credential.token = plan.world.number();
        credential.issued = at.time / SECOND;
        Draft::minted(at, EventName::TokenIssued, ISSUE, &credential, source)
    });
}

/// All of it lies in one bucket, but for what is to be too slow for the rule's window.
fn in_a_bucket(plan: &Plan<'_>, threshold: u32, window: i64) -> Effort {
    match plan.strength {
        Strength::LowAndSlow => plan.effort(threshold, window),
        _ => plan.effort(threshold, BUCKET),
    }
}

const BUCKET: i64 = 5 * MINUTE;
