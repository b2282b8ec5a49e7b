//! Incidents of the fleet itself, and attacks on what watches it.

use jwtrail_event::{EventName, Reason};

use super::{Plan, Strength};
use crate::generate::background::first_route;
use crate::generate::catalogue::{
    HOME_ISSUER, MONITOR, NOTHING, ORDER_LIST, ORDERS, PARTNER_ISSUER, PARTNER_STOCK, PROFILE,
};
use crate::generate::cause::{Cause, Honest};
use crate::generate::draft::{At, Detail, Draft};
use crate::generate::{DAY, HOUR, MILLISECOND, MINUTE, SECOND};

/// The loud one is an outage of the issuer that everybody notices.
pub(super) fn keys(plan: &mut Plan<'_>) {
    let effort = plan.effort(3, 5 * MINUTE);
    let (issuer, route) = match plan.strength {
        Strength::Loud => (HOME_ISSUER, ORDER_LIST),
        _ => (PARTNER_ISSUER, PARTNER_STOCK),
    };
    plan.series(effort, |_, _, at| {
        Draft::system(at, EventName::KeysFailed, route, Detail::Keys(issuer))
    });
    if plan.strength == Strength::Loud {
        let people = plan.people.len().min(PEOPLE_IN_AN_OUTAGE);
        for _ in 0..people {
            let (credential, source) = plan.victim();
            let at = At {
                time: plan.now + plan.world.random.between(0, 2 * MINUTE),
                cause: Cause::Honest(Honest::Outage),
            };
            let reason = Reason::KeyUnavailable;
            plan.aside(Draft::rejected(at, PROFILE, &credential, source, reason));
        }
    }
}

/// What is missing has half a minute to come. Whichever record comes next shows it, so the one that
/// belongs to the attack comes at once. The evader takes nothing away.
pub(super) fn gap(plan: &mut Plan<'_>) {
    let records = match plan.strength {
        Strength::Minimal => 1,
        Strength::Typical => 5,
        Strength::Loud => 300,
        _ => 0,
    };
    let instance = plan.fleet.last_of(ORDERS);
    let mut vanish = system(plan, 0, EventName::Heartbeat, Detail::Vanish(records));
    vanish.pinned = Some(instance);
    plan.aside(vanish);
    let alive = Detail::Heartbeat { last: false };
    let mut next = system(plan, MILLISECOND, EventName::Heartbeat, alive);
    next.pinned = Some(instance);
    plan.lead(next);
    let mut later = system(plan, 32 * SECOND, EventName::Heartbeat, alive);
    later.pinned = Some(instance);
    plan.decide(later);
}

/// The evader's sink loses nothing.
pub(super) fn dropped(plan: &mut Plan<'_>) {
    let (times, event) = match plan.strength {
        Strength::Minimal => (1, EventName::AuditDropped),
        Strength::Typical => (3, EventName::AuditDropped),
        Strength::Loud => (20, EventName::AuditDropped),
        _ => (1, EventName::LimitsDegraded),
    };
    let instance = plan.fleet.last_of(ORDERS);
    for index in 0..times {
        let count = 1 + u32::try_from(index).unwrap_or(0) * 400;
        let mut draft = system(plan, index * 5 * SECOND, event, Detail::Dropped(count));
        draft.pinned = Some(instance);
        if event == EventName::LimitsDegraded {
            draft.detail = Detail::None;
        }
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

/// A process that is stopped and goes on, or one that is killed and begins anew. The evader goes on
/// before anybody can tell.
pub(super) fn silence(plan: &mut Plan<'_>) {
    let seconds = match plan.strength {
        Strength::Minimal => 75,
        Strength::Typical => 300,
        Strength::Loud => 3_000,
        _ => 35,
    };
    let instance = plan.fleet.last_of(ORDERS);
    let alive = Detail::Heartbeat { last: false };
    let mut last = system(plan, 0, EventName::Heartbeat, alive);
    last.pinned = Some(instance);
    plan.decide(last);
    let killed = matches!(plan.strength, Strength::Typical | Strength::Loud);
    let detail = Detail::Silence { seconds, killed };
    let mut stop = system(plan, MILLISECOND, EventName::Heartbeat, detail);
    stop.pinned = Some(instance);
    plan.aside(stop);
    plan.wait = MINUTE;
}

fn system(plan: &Plan<'_>, micros: i64, event: EventName, detail: Detail) -> Draft {
    Draft::system(plan.after(micros), event, first_route(ORDERS), detail)
}

/// A partner's issuer is ahead of its time.
pub(super) fn skew(plan: &mut Plan<'_>) {
    let effort = plan.effort(10, 5 * MINUTE);
    plan.series(effort, |plan, index, at| {
        let (mut credential, source) = plan.victim();
        credential.issuer = PARTNER_ISSUER;
        credential.issued = at.time / SECOND + 600;
        let reason = if index.is_multiple_of(2) {
            Reason::NotYetValid
        } else {
            Reason::IssuedInFuture
        };
        Draft::rejected(at, PARTNER_STOCK, &credential, source, reason)
    });
}

/// At night, when nobody should; the evader only adds a rule.
pub(super) fn tampered(plan: &mut Plan<'_>) {
    plan.now += DAY - plan.now.rem_euclid(DAY) + 3 * HOUR;
    let changes: &[(EventName, &str, &str)] = match plan.strength {
        Strength::Minimal => &[(EventName::RulesChanged, "token-replayed", "removed")],
        Strength::Typical => &[
            (EventName::OutputChanged, "", "silenced"),
            (EventName::RulesChanged, "signature-guessing", "removed"),
        ],
        Strength::Loud => &[
            (EventName::RulesChanged, "token-replayed", "removed"),
            (EventName::RulesChanged, "signature-guessing", "removed"),
            (EventName::OutputChanged, "", "silenced"),
            (EventName::QuarantineReleased, "", "token:2b7f"),
        ],
        _ => &[(EventName::RulesChanged, "token-replayed", "added")],
    };
    for (index, (event, rule, target)) in (0..).zip(changes) {
        let detail = Detail::Changed {
            actor: "mallory",
            rule,
            target,
        };
        let at = plan.after(index * 20 * SECOND);
        let mut draft = Draft::system(at, *event, NOTHING, detail);
        draft.pinned = Some(plan.fleet.last_of(MONITOR));
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

const PEOPLE_IN_AN_OUTAGE: usize = 400;
