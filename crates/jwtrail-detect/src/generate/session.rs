//! How a session goes: sign in or refresh, work, leave.

use jwtrail_event::{EventName, Reason};

use super::catalogue::{ISSUE, ORDER_LIST, ORDERS_EXPORT, PROFILE, REFRESH, SIGN_IN};
use super::cause::{Cause, Honest};
use super::draft::{At, Draft};
use super::people::{Person, Persona};
use super::world::World;
use super::{DAY, MILLISECOND, MINUTE, SECOND};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Between sessions.
    Away,
    /// Trying to remember the password.
    Remembering,
    /// At work.
    Working,
}

pub(super) fn step(person: &mut Person, now: i64, world: &mut World) -> i64 {
    match person.stage {
        Stage::Away => arrive(person, now, world),
        Stage::Remembering => remember(person, now, world),
        Stage::Working => work(person, now, world),
    }
}

fn arrive(person: &mut Person, now: i64, world: &mut World) -> i64 {
    person.sits_down(now, world);
    let idle = now - person.last;
    person.last = now;
    if person.credential.family == 0 || idle > FAMILY_LIFETIME {
        if person.credential.family != 0 {
            // The app still has the old one, and learns that it is over.
            let reason = Reason::RefreshUnknown;
            world.push(Draft::refused(person.at(now), None, person.source, reason));
        }
        let forgot = world.random.per_mille(70);
        person.left = if forgot {
            1 + world.random.below(4) as u8
        } else {
            0
        };
        person.stage = Stage::Remembering;
        return now + world.random.between(2_000, 9_000) * MILLISECOND;
    }
    if person.credential.expires() * SECOND <= now {
        let mut time = now;
        if world.random.per_mille(200) {
            // The page asks before the timer that would have refreshed has come around.
            for _ in 0..=world.random.below(3) {
                let at = At {
                    time,
                    cause: Cause::Honest(Honest::WakeUp),
                };
                world.push(Draft::rejected(
                    at,
                    ORDER_LIST,
                    &person.credential,
                    person.source,
                    Reason::Expired,
                ));
                time += world.random.between(20, 900) * MILLISECOND;
            }
        }
        refresh(
            person,
            time + 5 * MILLISECOND,
            Cause::Honest(person.honest()),
            world,
        );
    }
    start_work(person, now + 2 * SECOND, world)
}

fn remember(person: &mut Person, now: i64, world: &mut World) -> i64 {
    if person.left > 0 {
        person.left -= 1;
        let at = At {
            time: now,
            cause: Cause::Honest(Honest::ForgottenPassword),
        };
        world.push(Draft::failed_login(
            at,
            SIGN_IN,
            person.credential.who,
            person.source,
        ));
        return now + world.random.between(6, 50) * SECOND;
    }
    let at = person.at(now);
    grant(person, now, world);
    person.credential.family = world.number();
    person.credential.generation = 0;
    let (credential, source) = (person.credential, person.source);
    world.push(Draft::minted(
        at,
        EventName::LoginSucceeded,
        SIGN_IN,
        &credential,
        source,
    ));
    let at = person.at(now + 3 * MILLISECOND);
    world.push(Draft::minted(
        at,
        EventName::TokenIssued,
        ISSUE,
        &credential,
        source,
    ));
    start_work(person, now + SECOND, world)
}

fn start_work(person: &mut Person, now: i64, world: &mut World) -> i64 {
    person.stage = Stage::Working;
    person.left = 2 + match person.persona {
        Persona::Admin => 12 + world.random.below(60) as u8,
        _ => world.random.below(15) as u8,
    };
    now
}

fn work(person: &mut Person, now: i64, world: &mut World) -> i64 {
    if now >= world.end {
        return i64::MAX;
    }
    if person.credential.expires() * SECOND <= now + MINUTE {
        refresh(person, now, Cause::Honest(person.honest()), world);
        return now + SECOND;
    }
    person.last = now;
    person.requests(now, world);
    person.left = person.left.saturating_sub(1);
    if person.left > 0 {
        return now + person.pause(&mut world.random);
    }
    person.stage = Stage::Away;
    if world.random.per_mille(90) {
        person.signs_out(now + SECOND, world);
    }
    person.comes_back(now + MINUTE, world)
}

/// Rotates the tokens. An answer that got lost makes the app ask again within the grace.
pub(super) fn refresh(person: &mut Person, now: i64, cause: Cause, world: &mut World) {
    let before = person.credential.token;
    grant(person, now, world);
    person.credential.previous = before;
    person.credential.generation += 1;
    let at = At { time: now, cause };
    let (credential, source) = (person.credential, person.source);
    world.push(Draft::minted(
        at,
        EventName::TokenRefreshed,
        REFRESH,
        &credential,
        source,
    ));
    let skewed = world.random.per_mille(2);
    if skewed {
        let at = At {
            time: now + 200 * MILLISECOND,
            cause: Cause::Honest(Honest::ClockSkew),
        };
        let reason = Reason::NotYetValid;
        world.push(Draft::rejected(at, PROFILE, &credential, source, reason));
    }
    if world.random.per_mille(25) {
        let at = At {
            time: now + world.random.between(100, 4_000) * MILLISECOND,
            cause: Cause::Honest(Honest::Retry),
        };
        let event = EventName::RefreshReplayed;
        world.push(Draft::minted(at, event, REFRESH, &credential, source));
    }
}

/// A new access token; after the release, with the new scope.
fn grant(person: &mut Person, now: i64, world: &mut World) {
    person.credential.token = world.number();
    person.credential.previous = 0;
    person.credential.issued = now.div_euclid(SECOND);
    person.credential.lifetime = TOKEN_LIFETIME;
    if now >= world.release {
        person.credential.granted |= ORDERS_EXPORT;
    }
}

const TOKEN_LIFETIME: u32 = 3_600;
const FAMILY_LIFETIME: i64 = 20 * DAY;
