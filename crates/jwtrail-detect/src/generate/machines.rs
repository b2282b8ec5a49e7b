//! Machines: client credentials, no family, all hours.

use jwtrail_event::{EventName, Reason};

use super::address::Address;
use super::catalogue::{
    FIRST_MACHINE_CLIENT, GO, INVOICE_LIST, ISSUE, MACHINE_GRANT, ORDER, ORDER_LIST,
    PARTNER_SIGN_IN, PARTNER_STOCK, PYTHON,
};
use super::cause::{Cause, Honest};
use super::draft::{At, Credential, Draft, Source};
use super::names::FIRST_MACHINE;
use super::rhythm::ALWAYS;
use super::world::World;
use super::{DAY, HOUR, MILLISECOND, SECOND};

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) credential: Credential,
    pub(super) source: Source,
    /// Requests in a thousand days.
    pub(super) pace: u64,
    heavy: bool,
    /// When its token expires for good, until somebody looks.
    broken: Option<(i64, i64)>,
}

impl Machine {
    /// Every twelfth is heavy.
    pub(super) fn new(index: u32, pace: u32) -> Self {
        let heavy = index.is_multiple_of(12);
        let agent = if index.is_multiple_of(2) { PYTHON } else { GO };
        Self {
            credential: Credential {
                who: FIRST_MACHINE + index,
                client: FIRST_MACHINE_CLIENT + u16::try_from(index % 30_000).unwrap_or(0),
                granted: MACHINE_GRANT,
                lifetime: 3_600,
                ..Credential::default()
            },
            source: Source::new(Address::data_centre(u64::from(index)), agent | 31),
            pace: u64::from(pace) * 1_000 * if heavy { 12 } else { 1 },
            heavy,
            broken: None,
        }
    }

    /// Its token is not renewed from this moment on, for some days.
    pub(super) fn breaks(&mut self, from: i64, until: i64) {
        self.broken = Some((from, until));
    }

    /// Heavy, and never broken.
    pub(super) const fn is_steady(&self) -> bool {
        self.heavy && self.broken.is_none()
    }

    pub(super) const fn is_light(&self) -> bool {
        !self.heavy
    }

    pub(super) fn step(&mut self, now: i64, world: &mut World) -> i64 {
        if now >= world.end {
            return i64::MAX;
        }
        let cause = Cause::Honest(Honest::Machine);
        if let Some((from, until)) = self.broken
            && now >= from
            && now < until
            && self.credential.expires() * SECOND <= now
        {
            let at = At {
                time: now,
                cause: Cause::Honest(Honest::BrokenIntegration),
            };
            let reason = Reason::Expired;
            world.push(Draft::rejected(
                at,
                ORDER_LIST,
                &self.credential,
                self.source,
                reason,
            ));
            return now + world.random.between(22_000, 30_000) * MILLISECOND;
        }
        if self.credential.expires() * SECOND <= now + 30 * SECOND {
            self.credential.token = world.number();
            self.credential.issued = now.div_euclid(SECOND);
            let at = At { time: now, cause };
            world.push(Draft::minted(
                at,
                EventName::TokenIssued,
                ISSUE,
                &self.credential,
                self.source,
            ));
            return now + SECOND;
        }
        let at = At { time: now, cause };
        if self.is_nightly_batch(now) {
            return self.batch(now, world);
        }
        let route = match world.random.below(10) {
            0..4 => ORDER_LIST,
            4..7 => ORDER,
            7..8 => INVOICE_LIST,
            8..9 => PARTNER_STOCK,
            _ => return self.signs_in(now, world),
        };
        world.push(Draft::accepted(at, route, &self.credential, self.source));
        ALWAYS.next(now, self.pace, &mut world.random)
    }

    /// At the partners' door, where a password is mistyped now and then.
    fn signs_in(&self, now: i64, world: &mut World) -> i64 {
        let at = At {
            time: now,
            cause: Cause::Honest(Honest::Machine),
        };
        let draft = if world.random.per_mille(30) {
            Draft::failed_login(at, PARTNER_SIGN_IN, self.credential.who, self.source)
        } else {
            let event = EventName::LoginSucceeded;
            Draft::minted(at, event, PARTNER_SIGN_IN, &self.credential, self.source)
        };
        world.push(draft);
        ALWAYS.next(now, self.pace, &mut world.random)
    }

    /// One minute each night the heavy ones run into the limit.
    fn is_nightly_batch(&self, now: i64) -> bool {
        let own = i64::from(self.credential.who % 50) * 60 * SECOND;
        let start = 2 * HOUR + own;
        self.heavy && (start..start + 60 * SECOND).contains(&now.rem_euclid(DAY))
    }

    fn batch(&self, now: i64, world: &mut World) -> i64 {
        let at = At {
            time: now,
            cause: Cause::Honest(Honest::Machine),
        };
        let mut request = Draft::accepted(at, ORDER_LIST, &self.credential, self.source);
        if world.random.per_mille(300) {
            request.event = EventName::RateExceeded;
            request.reason = Some(Reason::RateLimited);
        }
        world.push(request);
        now + world.random.between(300, 900) * MILLISECOND
    }
}
