//! Attacks on one token.

use jwtrail_event::{EventName, Reason};

use super::{Plan, Strength};
use crate::generate::catalogue::{FIREFOX, INVOICE_LIST, ORDER_LIST, PROFILE, PYTHON, SIGN_OUT};
use crate::generate::draft::{Draft, Source};
use crate::generate::{DAY, HOUR, MINUTE, SECOND};

pub(super) fn repeated(plan: &mut Plan<'_>) {
    let (credential, _) = plan.someone();
    let source = plan.attacker(0);
    let effort = plan.effort(5, 5 * MINUTE);
    plan.series(effort, |_, _, at| {
        Draft::rejected(at, ORDER_LIST, &credential, source, Reason::BadClaimType)
    });
}

pub(super) fn repeated_forgery(plan: &mut Plan<'_>) {
    let credential = plan.forged(plan.guess(0));
    let effort = plan.effort(5, 5 * MINUTE);
    plan.series(effort, |plan, index, at| {
        let source = plan.attacker(u64::from(index));
        Draft::rejected(at, PROFILE, &credential, source, Reason::BadSignature)
    });
}

/// The evader changes a token that was last seen more than a day ago.
pub(super) fn tampered(plan: &mut Plan<'_>) {
    let (mut credential, home) = plan.victim();
    let before = match plan.strength {
        Strength::Evader => DAY + HOUR,
        Strength::Minimal => 20 * HOUR,
        _ => 2 * MINUTE,
    };
    credential.issued -= 60;
    plan.lead(Draft::accepted(plan.after(0), PROFILE, &credential, home));
    let count = match plan.strength {
        Strength::Typical => 4,
        Strength::Loud => 15,
        _ => 1,
    };
    for index in 0..count {
        let at = plan.after(before + i64::from(index) * 20 * SECOND);
        let source = plan.attacker(0);
        let reason = Reason::BadSignature;
        let draft = Draft::rejected(at, ORDER_LIST, &credential, source, reason);
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

pub(super) fn substituted(plan: &mut Plan<'_>) {
    let (credential, _) = plan.someone();
    let source = plan.attacker(0);
    let effort = plan.effort(3, 10 * MINUTE);
    plan.series(effort, |plan, index, at| {
        let mut other = credential;
        other.token = plan.world.number();
        let reason = if index.is_multiple_of(2) {
            Reason::BadAudience
        } else {
            Reason::WrongType
        };
        Draft::rejected(at, INVOICE_LIST, &other, source, reason)
    });
}

/// Owner, thief, owner. The evader waits until the owner has gone.
pub(super) fn replayed(plan: &mut Plan<'_>) {
    let (credential, home) = plan.someone();
    let thief = Source {
        agent: if home.agent & 0xff00 == PYTHON {
            FIREFOX | 141
        } else {
            PYTHON | 31
        },
        ..plan.attacker(0)
    };
    let owner = |plan: &mut Plan<'_>, micros| {
        Draft::accepted(plan.after(micros), PROFILE, &credential, home)
    };
    let before = owner(plan, 0);
    plan.lead(before);
    let times = match plan.strength {
        Strength::Typical => 4,
        Strength::Loud => 30,
        _ => 1,
    };
    for index in 0..times {
        let at = plan.after(4 * MINUTE + i64::from(index) * SECOND);
        let draft = Draft::accepted(at, ORDER_LIST, &credential, thief);
        if plan.strength == Strength::Evader {
            plan.decide(draft);
        } else {
            plan.lead(draft);
        }
    }
    if plan.strength != Strength::Evader {
        let again = owner(plan, 8 * MINUTE);
        plan.decide(again);
    }
}

/// Four networks within an hour, one after another.
pub(super) fn roaming(plan: &mut Plan<'_>) {
    from_networks(plan, 4);
}

/// A dozen, as when a token is sold.
pub(super) fn everywhere(plan: &mut Plan<'_>) {
    from_networks(plan, 12);
}

fn from_networks(plan: &mut Plan<'_>, threshold: u32) {
    let (credential, home) = plan.victim();
    let effort = plan.effort(threshold, HOUR);
    plan.series(effort, |plan, index, at| {
        let source = Source {
            agent: home.agent,
            ..plan.attacker(u64::from(index))
        };
        Draft::accepted(at, ORDER_LIST, &credential, source)
    });
}

/// Two networks by turns, every few seconds. The evader stays in one.
pub(super) fn overlapping(plan: &mut Plan<'_>) {
    let (credential, home) = plan.victim();
    let turns = match plan.strength {
        Strength::Minimal => 2,
        Strength::Evader | Strength::Typical => 12,
        _ => 60,
    };
    let networks = u64::from(plan.strength != Strength::Evader) + 1;
    for index in 0..turns * 2 {
        let source = Source {
            agent: home.agent,
            ..plan.attacker(index % networks)
        };
        let at = plan.after(index as i64 * 4 * SECOND);
        let draft = Draft::accepted(at, PROFILE, &credential, source);
        match index {
            0..3 => plan.lead(draft),
            3 => plan.decide(draft),
            _ => plan.aside(draft),
        }
    }
}

pub(super) fn binding(plan: &mut Plan<'_>) {
    let (credential, _) = plan.someone();
    let source = plan.attacker(0);
    let effort = plan.effort(3, 10 * MINUTE);
    plan.series(effort, |_, _, at| {
        Draft::rejected(at, ORDER_LIST, &credential, source, Reason::ProofInvalid)
    });
}

/// The evader is asked for a nonce and leaves.
pub(super) fn proof_replayed(plan: &mut Plan<'_>) {
    let (credential, _) = plan.victim();
    let source = plan.attacker(0);
    let (count, reason) = match plan.strength {
        Strength::Minimal => (1, Reason::ProofReplayed),
        Strength::Typical => (3, Reason::ProofReplayed),
        Strength::Evader => (2, Reason::ProofNonceRequired),
        _ => (12, Reason::ProofReplayed),
    };
    for index in 0..count {
        let at = plan.after(i64::from(index) * 10 * SECOND);
        let draft = Draft::rejected(at, PROFILE, &credential, source, reason);
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

pub(super) fn expired(plan: &mut Plan<'_>) {
    let (mut credential, home) = plan.victim();
    credential.issued -= 86_400;
    let effort = plan.effort(20, 10 * MINUTE);
    plan.series(effort, |_, _, at| {
        Draft::rejected(at, ORDER_LIST, &credential, home, Reason::Expired)
    });
}

/// The evader uses it in the network that it was known in.
pub(super) fn revoked(plan: &mut Plan<'_>) {
    let (credential, home) = plan.victim();
    plan.lead(Draft::accepted(plan.after(0), PROFILE, &credential, home));
    let event = EventName::TokenRevoked;
    let at = plan.after(MINUTE);
    plan.lead(Draft::minted(at, event, SIGN_OUT, &credential, home));
    let (source, count) = match plan.strength {
        Strength::Minimal => (plan.attacker(0), 1),
        Strength::Evader => (home, 1),
        Strength::Typical => (plan.attacker(0), 3),
        _ => (plan.attacker(0), 20),
    };
    for index in 0..count {
        let at = plan.after(7 * MINUTE + index * 15 * SECOND);
        let draft = Draft::rejected(at, ORDER_LIST, &credential, source, Reason::Revoked);
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}
