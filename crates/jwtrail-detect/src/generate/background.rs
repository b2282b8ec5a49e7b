//! What goes on beside people and machines: scanners, key sets, deploys, heartbeats.

use jwtrail_event::{EventName, Reason};

use super::address::Address;
use super::catalogue::{
    BILLING, CURL, GO, HOME_ISSUER, LOGIN, NOTHING, ORDER_LIST, ORDERS, PARTNER, PARTNER_ISSUER,
    PARTNER_STOCK, PROFILE, PYTHON, SIGN_IN, STOCK,
};
use super::cause::{Cause, Honest};
use super::draft::{At, Credential, Detail, Draft, Source};
use super::fleet::Fleet;
use super::rhythm::ALWAYS;
use super::world::World;
use super::{DAY, HOUR, MILLISECOND, MINUTE, SECOND};

const OPERATIONS: Cause = Cause::Honest(Honest::Operations);

/// A visit of the internet: a few requests without a token, or with something that is none.
pub(super) fn scan(now: i64, world: &mut World) -> i64 {
    let scans = u64::from(world.mix.scans) * 1_000;
    if scans == 0 || now >= world.end {
        return i64::MAX;
    }
    let agent = [CURL | 5, PYTHON | 28, GO | 1, 0];
    let agent = agent.get(world.random.below(4) as usize).copied();
    let source = Source::new(
        Address::scanner(world.random.next() >> 8),
        agent.unwrap_or_default(),
    );
    let mut time = now;
    for _ in 0..=world.random.below(8) {
        let at = At {
            time,
            cause: Cause::Honest(Honest::Scanner),
        };
        let route = if world.random.per_mille(500) {
            ORDER_LIST
        } else {
            PROFILE
        };
        let junk = Credential {
            token: world.number(),
            ..Credential::default()
        };
        let reason = match world.random.below(100) {
            0..10 => Some(Reason::MalformedToken),
            10..14 => Some(Reason::MalformedHeader),
            14 => Some(Reason::BadSignature),
            15 => Some(Reason::UnknownKey),
            _ => None,
        };
        world.push(match reason {
            Some(Reason::MalformedHeader) => Draft::rejected(
                at,
                route,
                &Credential::default(),
                source,
                Reason::MalformedHeader,
            ),
            Some(reason) => Draft::rejected(at, route, &junk, source, reason),
            None => Draft::missing(at, route, source),
        });
        time += world.random.between(50, 6_000) * MILLISECOND;
    }
    ALWAYS.next(now, scans, &mut world.random)
}

/// An instance says that it is alive.
pub(super) fn heartbeat(number: u8, now: i64, fleet: &Fleet, world: &mut World) -> i64 {
    let at = At {
        time: now,
        cause: OPERATIONS,
    };
    if let Some(instance) = fleet.get(number) {
        let route = first_route(instance.service);
        let detail = Detail::Heartbeat { last: false };
        let mut beat = Draft::system(at, EventName::Heartbeat, route, detail);
        beat.pinned = Some(number);
        world.push(beat);
    }
    now + i64::from(world.heartbeat.max(1)) * SECOND
}

/// The key sets are fetched every six hours, and now and then not at once.
pub(super) fn key_sets(now: i64, fleet: &Fleet, world: &mut World) -> i64 {
    if now >= world.end {
        return i64::MAX;
    }
    for number in 0..fleet.len() {
        let Some(instance) = fleet.get(number) else {
            continue;
        };
        if !matches!(instance.service, ORDERS | BILLING | PARTNER) {
            continue;
        }
        let issuer = if instance.service == PARTNER {
            PARTNER_ISSUER
        } else {
            HOME_ISSUER
        };
        let route = first_route(instance.service);
        let mut time = now + i64::from(number) * 47 * SECOND;
        let fails = world.random.per_mille(20);
        for event in [EventName::KeysFailed, EventName::KeysRefreshed] {
            if event == EventName::KeysFailed && !fails {
                continue;
            }
            let at = At {
                time,
                cause: OPERATIONS,
            };
            let mut draft = Draft::system(at, event, route, Detail::Keys(issuer));
            draft.pinned = Some(number);
            world.push(draft);
            time += MINUTE;
        }
    }
    now + 6 * HOUR
}

/// On Tuesday mornings a service is restarted, one instance after another.
pub(super) fn restart(now: i64, fleet: &Fleet, world: &mut World) -> i64 {
    let service = [ORDERS, LOGIN, BILLING, PARTNER];
    let week = usize::try_from(now / (7 * DAY)).unwrap_or(0) % service.len();
    let service = service.get(week).copied().unwrap_or(ORDERS);
    let mut time = now;
    for number in 0..fleet.len() {
        if fleet.get(number).is_some_and(|i| i.service == service) {
            let at = At {
                time,
                cause: OPERATIONS,
            };
            let detail = Detail::Heartbeat { last: true };
            let route = first_route(service);
            let mut last = Draft::system(at, EventName::Heartbeat, route, detail);
            last.pinned = Some(number);
            world.push(last);
            time += 40 * SECOND;
        }
    }
    now + 7 * DAY
}

/// Any route of a service.
pub(super) const fn first_route(service: u8) -> u8 {
    match service {
        LOGIN => SIGN_IN,
        ORDERS => ORDER_LIST,
        BILLING => STOCK,
        PARTNER => PARTNER_STOCK,
        _ => NOTHING,
    }
}

/// The first Tuesday at ten after `start`.
pub(super) const fn first_deploy(start: i64) -> i64 {
    // The epoch was a Thursday: five days later it was Tuesday.
    let offset = 5 * DAY + 10 * HOUR;
    let weeks = (start - offset).div_euclid(7 * DAY) + 1;
    weeks * 7 * DAY + offset
}
