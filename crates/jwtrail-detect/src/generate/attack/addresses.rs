//! Attacks from one address, or from one site.

use jwtrail_event::{EventName, Reason};

use super::{Effort, Plan, Strength};
use crate::generate::address::Address;
use crate::generate::catalogue::{CHROME, FIRST_FOREIGN_ORIGIN, ORDER_LIST, PROFILE, SIGN_IN};
use crate::generate::draft::{Draft, Source};
use crate::generate::{MINUTE, SECOND};

pub(super) fn refresh_guessing(plan: &mut Plan<'_>) {
    let source = plan.attacker_in_a_crowd();
    let effort = plan.effort(10, 5 * MINUTE);
    plan.series(effort, |_, index, at| {
        let reason = if index % 3 == 0 {
            Reason::MalformedToken
        } else {
            Reason::RefreshUnknown
        };
        Draft::refused(at, None, source, reason)
    });
}

/// At least 25 failures over at least 15 names, four of five tries; the evader has 14 names.
pub(super) fn stuffing(plan: &mut Plan<'_>) {
    stuff(plan, 0);
}

fn stuff(plan: &mut Plan<'_>, ahead: i64) -> i64 {
    let source = plan.attacker(0);
    let window = 10 * MINUTE;
    let (effort, names) = match plan.strength {
        Strength::Minimal => (plan.effort(25, window), 15),
        Strength::Evader => (Effort::new(Strength::Minimal, 25, window), 14),
        Strength::Typical => (plan.effort(25, window), 40),
        Strength::Loud => (plan.effort(25, window), 250),
        Strength::LowAndSlow => (plan.effort(25, window), 50),
    };
    plan.now += ahead;
    // The names come at last: each try but the last ones is at one that was tried.
    plan.series(effort, |plan, index, at| {
        let fresh = names.min(effort.decisive + 1);
        let repeated = effort.decisive + 1 - fresh;
        let name = if index <= repeated {
            0
        } else if index <= effort.decisive {
            index - repeated
        } else {
            index % names
        };
        Draft::failed_login(at, SIGN_IN, plan.guess(name), source)
    });
    effort.gap * i64::from(effort.count)
}

/// Two minutes later one of them is in. The evader had tried too few names.
pub(super) fn success(plan: &mut Plan<'_>) {
    let took = stuff_quietly(plan);
    let (credential, _) = plan.victim();
    let source = plan.attacker(0);
    let at = plan.after(took + 2 * MINUTE);
    let event = EventName::LoginSucceeded;
    plan.decide(Draft::minted(at, event, SIGN_IN, &credential, source));
    let at = plan.after(took + 2 * MINUTE + 5 * SECOND);
    plan.aside(Draft::accepted(at, PROFILE, &credential, source));
}

/// The tries, none of which is the decisive event.
fn stuff_quietly(plan: &mut Plan<'_>) -> i64 {
    let source = plan.attacker(0);
    let count = match plan.strength {
        Strength::Minimal => 25,
        Strength::Evader => 14,
        Strength::Typical => 60,
        _ => 200,
    };
    for index in 0..count {
        let at = plan.after(i64::from(index) * SECOND);
        let name = plan.guess(index);
        plan.lead(Draft::failed_login(at, SIGN_IN, name, source));
    }
    i64::from(count) * SECOND
}

pub(super) fn repeated(plan: &mut Plan<'_>) {
    let source = plan.attacker_in_a_crowd();
    let effort = plan.effort(20, 5 * MINUTE);
    plan.series(effort, |plan, index, at| refused(plan, index, at, source));
}

fn refused(
    plan: &mut Plan<'_>,
    index: u32,
    at: crate::generate::draft::At,
    source: Source,
) -> Draft {
    let reasons = [
        Reason::MalformedToken,
        Reason::BadSignature,
        Reason::MissingClaim,
        Reason::BadIssuer,
    ];
    let reason = reasons.get(index as usize % reasons.len()).copied();
    let token = plan.forged(plan.guess(index % 7));
    let reason = reason.unwrap_or(Reason::MalformedToken);
    Draft::rejected(at, ORDER_LIST, &token, source, reason)
}

/// The browsers of twenty visitors.
pub(super) fn site(plan: &mut Plan<'_>) {
    let origin = FIRST_FOREIGN_ORIGIN + plan.number;
    let effort = plan.effort(20, 5 * MINUTE);
    plan.series(effort, |plan, index, at| {
        let source = Source {
            agent: CHROME | 141,
            origin,
            ..plan.attacker(u64::from(index))
        };
        refused(plan, index, at, source)
    });
}

pub(super) fn forgery(plan: &mut Plan<'_>) {
    let source = plan.attacker_in_a_crowd();
    let effort = plan.effort(5, 10 * MINUTE);
    plan.series(effort, |plan, index, at| {
        let token = plan.forged(plan.guess(index));
        Draft::rejected(at, PROFILE, &token, source, forged_how(index))
    });
}

/// The evader's name is not known.
pub(super) fn forgery_of_known(plan: &mut Plan<'_>) {
    let (known, home) = plan.victim();
    let before = plan.after(0);
    plan.lead(Draft::accepted(before, PROFILE, &known, home));
    let (name, count) = match plan.strength {
        Strength::Evader => (plan.guess(0), 1),
        Strength::Minimal => (known.who, 1),
        Strength::Typical => (known.who, 3),
        _ => (known.who, 12),
    };
    let source = plan.attacker(0);
    for index in 0..count {
        let at = plan.after(MINUTE + i64::from(index) * 10 * SECOND);
        let token = plan.forged(name);
        let draft = Draft::rejected(at, PROFILE, &token, source, forged_how(index));
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

const fn forged_how(index: u32) -> Reason {
    match index % 3 {
        0 => Reason::AlgorithmNotAllowed,
        1 => Reason::UntrustedKey,
        _ => Reason::UnsupportedCritical,
    }
}

/// From one /64, every request from another address in it.
pub(super) fn signatures(plan: &mut Plan<'_>) {
    let effort = plan.effort(20, 5 * MINUTE);
    plan.series(effort, |plan, index, at| {
        let mut source = plan.attacker_in_a_crowd();
        if plan.strength != Strength::Typical {
            source.address = Address::attacker_v6(plan.number.into(), index.into());
        }
        let token = plan.forged(plan.guess(index));
        Draft::rejected(at, ORDER_LIST, &token, source, Reason::BadSignature)
    });
}

pub(super) fn keys(plan: &mut Plan<'_>) {
    let source = plan.attacker_in_a_crowd();
    let effort = plan.effort(10, 5 * MINUTE);
    plan.series(effort, |plan, index, at| {
        let token = plan.forged(plan.guess(index));
        Draft::rejected(at, ORDER_LIST, &token, source, Reason::UnknownKey)
    });
}
