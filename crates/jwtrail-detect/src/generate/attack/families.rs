//! Attacks on refresh tokens.

use jwtrail_event::{EventName, Reason};

use super::{Plan, Strength};
use crate::generate::catalogue::{CURL, REFRESH};
use crate::generate::draft::{Credential, Draft, Source};
use crate::generate::{HOUR, MINUTE, SECOND};

fn rotated(plan: &mut Plan<'_>, credential: &mut Credential) {
    credential.previous = credential.token;
    credential.token = plan.world.number();
    credential.generation += 1;
}

/// The owner refreshes, then somebody with another program. The evader has the same program.
pub(super) fn shared(plan: &mut Plan<'_>) {
    let (mut credential, home) = plan.victim();
    let times = match plan.strength {
        Strength::Minimal | Strength::Evader => 1,
        Strength::Typical => 3,
        _ => 12,
    };
    rotated(plan, &mut credential);
    let event = EventName::TokenRefreshed;
    plan.lead(Draft::minted(
        plan.after(0),
        event,
        REFRESH,
        &credential,
        home,
    ));
    for index in 0..times {
        rotated(plan, &mut credential);
        let source = match plan.strength {
            Strength::Evader => home,
            _ => Source {
                agent: CURL | 5,
                ..plan.attacker(0)
            },
        };
        let at = plan.after(40 * MINUTE + index * 40 * SECOND);
        let draft = Draft::minted(at, event, REFRESH, &credential, source);
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

pub(super) fn roaming(plan: &mut Plan<'_>) {
    let (mut credential, home) = plan.victim();
    let effort = plan.effort(4, HOUR);
    plan.series(effort, |plan, index, at| {
        rotated(plan, &mut credential);
        let source = Source {
            agent: home.agent,
            ..plan.attacker(u64::from(index))
        };
        let event = EventName::TokenRefreshed;
        Draft::minted(at, event, REFRESH, &credential, source)
    });
}

/// The evader is quick enough to be taken for a repeated request.
pub(super) fn reused(plan: &mut Plan<'_>) {
    let (credential, _) = plan.victim();
    let source = plan.attacker(0);
    let count = match plan.strength {
        Strength::Typical => 3,
        Strength::Loud => 15,
        _ => 1,
    };
    for index in 0..count {
        let at = plan.after(index * 30 * SECOND);
        let draft = if plan.strength == Strength::Evader {
            let event = EventName::RefreshReplayed;
            Draft::minted(at, event, REFRESH, &credential, source)
        } else {
            reuse(plan, index * 30 * SECOND, &credential, source)
        };
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}

fn reuse(plan: &Plan<'_>, micros: i64, credential: &Credential, source: Source) -> Draft {
    let event = EventName::RefreshReused;
    let mut draft = Draft::minted(plan.after(micros), event, REFRESH, credential, source);
    draft.reason = Some(Reason::RefreshReused);
    draft.trust = jwtrail_event::Trust::Signed;
    draft
}

pub(super) fn wave(plan: &mut Plan<'_>) {
    let effort = plan.effort(5, HOUR);
    plan.series(effort, |plan, index, at| {
        let (credential, _) = plan.victim();
        let source = plan.attacker(u64::from(index));
        reuse(plan, at.time - plan.now, &credential, source)
    });
}

/// The evader's token is not ours at all.
pub(super) fn substituted(plan: &mut Plan<'_>) {
    let (credential, _) = plan.victim();
    let source = plan.attacker(0);
    let count = match plan.strength {
        Strength::Minimal | Strength::Evader => 1,
        Strength::Typical => 3,
        _ => 8,
    };
    for index in 0..count {
        let at = plan.after(index * 40 * SECOND);
        let draft = if plan.strength == Strength::Evader {
            Draft::refused(at, None, source, Reason::RefreshUnknown)
        } else {
            Draft::refused(at, Some(&credential), source, Reason::RefreshClientMismatch)
        };
        if index == 0 {
            plan.decide(draft);
        } else {
            plan.aside(draft);
        }
    }
}
