//! People: at home, in offices, on phones, behind relays, and those who administrate.

use jwtrail_event::{EventName, Reason};

use super::address::Address;
use super::catalogue::{
    ADMIN_GRANT, ADMIN_REFUND, ADMIN_USERS, APP, APP_ORIGIN, BILLING_READ, BROWSERS, CONSOLE,
    EXPORT, INVOICE, INVOICE_LIST, MOBILE, NO_ORIGIN, ORDER, ORDER_LIST, ORDER_NEW, ORDERS_EXPORT,
    PROFILE, SERVICE, SIGN_OUT, STOCK, USER_GRANT, WEB,
};
use super::cause::{Cause, Honest};
use super::draft::{At, Credential, Draft, Source};
use super::names::person;
use super::random::{Random, mix};
use super::rhythm::{HOME, OFFICE, PHONE, Rhythm};
use super::session::{self, Stage};
use super::world::World;
use super::{DAY, HOUR, MILLISECOND, MINUTE, Mix, SECOND};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Persona {
    Home,
    Office,
    Phone,
    Relay,
    Admin,
}

/// A person, as far as the traffic goes.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) index: u32,
    pub(super) persona: Persona,
    pub(super) stage: Stage,
    pub(super) credential: Credential,
    pub(super) source: Source,
    /// Requests, or tries, that are left in this stage.
    pub(super) left: u8,
    /// How often the phone changed its network, the relay its egress.
    moves: u16,
    /// When they were first seen; the far future before that.
    pub(super) since: i64,
    /// When they were last at work.
    pub(super) last: i64,
}

impl Person {
    pub(super) fn new(index: u32, mix_of: &Mix, seed: u64) -> Self {
        let drawn = mix(seed ^ mix(u64::from(index)));
        let persona = persona((drawn % 1_000) as u32, mix_of);
        let web = Credential {
            who: person(index),
            client: match persona {
                Persona::Phone => MOBILE,
                Persona::Admin => CONSOLE,
                _ => WEB,
            },
            granted: match persona {
                Persona::Admin => ADMIN_GRANT & !ORDERS_EXPORT,
                _ if drawn >> 20 & 3 == 0 => USER_GRANT | BILLING_READ,
                _ => USER_GRANT,
            },
            ..Credential::default()
        };
        Self {
            index,
            persona,
            stage: Stage::Away,
            credential: web,
            source: Source::default(),
            left: 0,
            moves: 0,
            since: i64::MAX,
            last: 0,
        }
    }

    /// When they come for the first time: most are there already, some join later.
    pub(super) fn arrives(&self, world: &mut World) -> i64 {
        let late = world.random.per_mille(150);
        let join = if late {
            world.random.between(0, (world.end - world.start).max(1))
        } else {
            0
        };
        self.comes_back(world.start + join, world)
    }

    /// When the next session begins.
    pub(super) fn comes_back(&self, now: i64, world: &mut World) -> i64 {
        let sessions = u64::from(world.mix.sessions);
        let sessions = if self.persona == Persona::Admin {
            sessions * 2
        } else {
            sessions
        };
        self.rhythm().next(now, sessions, &mut world.random)
    }

    const fn rhythm(&self) -> &'static Rhythm {
        match self.persona {
            Persona::Office | Persona::Admin => &OFFICE,
            Persona::Phone => &PHONE,
            Persona::Home | Persona::Relay => &HOME,
        }
    }

    pub(super) const fn honest(&self) -> Honest {
        match self.persona {
            Persona::Home => Honest::Home,
            Persona::Office => Honest::Office,
            Persona::Phone => Honest::Phone,
            Persona::Relay => Honest::Relay,
            Persona::Admin => Honest::Admin,
        }
    }

    pub(super) const fn at(&self, time: i64) -> At {
        At {
            time,
            cause: Cause::Honest(self.honest()),
        }
    }

    /// Does what comes next, and says when to come again.
    pub(super) fn step(&mut self, now: i64, world: &mut World) -> i64 {
        if self.since == i64::MAX {
            self.since = now;
        }
        session::step(self, now, world)
    }

    /// Sits down: where, and with which program.
    pub(super) fn sits_down(&mut self, now: i64, world: &mut World) {
        let own = mix(u64::from(self.index) ^ world.seed);
        self.moves = 0;
        self.source = Source::new(Address::default(), self.agent(own, now - world.start));
        let cross_origin = self.persona != Persona::Phone && own & 1 == 0;
        self.source.origin = if cross_origin { APP_ORIGIN } else { NO_ORIGIN };
        self.source.address = match self.persona {
            Persona::Home => Address::home(u64::from(self.index)),
            Persona::Office | Persona::Admin => Address::office(world.office_of(self.index)),
            Persona::Phone => phone_address(self.index, own, 0, &mut world.random),
            Persona::Relay => relay_address(own, now, &mut world.random),
        };
    }

    /// The browser is updated every four weeks, each at its own time.
    fn agent(&self, own: u64, age: i64) -> u16 {
        let updates = (age / DAY + (own >> 16 & 31) as i64) / 28;
        let version = 140 + u16::try_from(updates).unwrap_or(0);
        if self.persona == Persona::Phone {
            return APP | (version - 135);
        }
        BROWSERS
            .get((own >> 8 & 3) as usize)
            .copied()
            .unwrap_or(APP)
            | (version & 0xff)
    }

    /// Phones change networks and relays their egress in the middle of a session.
    pub(super) fn moves_on(&mut self, now: i64, world: &mut World) {
        let own = mix(u64::from(self.index) ^ world.seed);
        match self.persona {
            Persona::Phone if world.random.per_mille(120) => {
                self.moves += 1;
                let moves = u64::from(self.moves);
                self.source.address = phone_address(self.index, own, moves, &mut world.random);
            }
            Persona::Relay if world.random.per_mille(250) => {
                self.source.address = relay_address(own, now, &mut world.random);
            }
            // A laptop that is updated in the middle of the session.
            _ if world.random.per_mille(2) => self.source.agent += 1,
            _ => {}
        }
    }

    /// One request, with what it causes behind the first service.
    pub(super) fn requests(&mut self, now: i64, world: &mut World) {
        self.moves_on(now, world);
        let route = self.route(&mut world.random);
        let at = self.at(now);
        let chance = world.random.below(1_000);
        if chance < 4 {
            let scope = 9 + (mix(u64::from(self.index)) % 2) as u8;
            world.push(Draft::lacking(at, &self.credential, self.source, scope));
            return;
        }
        if chance < 8 {
            world.push(Draft::denied(at, ORDER, &self.credential, self.source));
            return;
        }
        let mut request = Draft::accepted(at, route, &self.credential, self.source);
        let calls = matches!(route, ORDER | ORDER_NEW) && world.random.per_mille(250);
        if calls {
            request.trace = world.number();
            self.service_call(&request, world);
        }
        world.push(request);
        if chance < 30 {
            let again = At {
                time: now + world.random.between(300, 2_500) * MILLISECOND,
                cause: Cause::Honest(Honest::Retry),
            };
            world.push(Draft::accepted(again, route, &self.credential, self.source));
        }
    }

    /// The service asks another one, with the user's token. Where nobody configured the
    /// internal networks, the call looks like one from the edge, in the same trace.
    fn service_call(&self, request: &Draft, world: &mut World) {
        let at = At {
            time: request.time + world.random.between(2, 40) * MILLISECOND,
            cause: Cause::Honest(Honest::ServiceCall),
        };
        let caller = Source::new(Address::internal(request.trace % 4), SERVICE | 4);
        let mut call = Draft::accepted(at, STOCK, &self.credential, caller);
        call.trace = request.trace;
        call.internal = world.random.per_mille(600);
        world.push(call);
    }

    fn route(&self, random: &mut Random) -> u8 {
        let drawn = random.below(100);
        if self.persona == Persona::Admin && drawn < 70 {
            return if drawn < 55 {
                ADMIN_USERS
            } else {
                ADMIN_REFUND
            };
        }
        let pays = self.credential.granted & BILLING_READ != 0;
        match drawn {
            0..34 => ORDER_LIST,
            34..64 => ORDER,
            64..76 => ORDER_NEW,
            76..84 if pays => INVOICE_LIST,
            84..92 if pays => INVOICE,
            92..95 if self.credential.granted & ORDERS_EXPORT != 0 => EXPORT,
            _ => PROFILE,
        }
    }

    /// Signs out; a tab may not notice.
    pub(super) fn signs_out(&mut self, now: i64, world: &mut World) {
        let at = self.at(now);
        world.push(Draft::minted(
            at,
            EventName::TokenRevoked,
            SIGN_OUT,
            &self.credential,
            self.source,
        ));
        if self.credential.expires() * SECOND > now + HOUR / 6 && world.random.per_mille(300) {
            let mut time = now;
            for _ in 0..=world.random.below(6) {
                time += world.random.between(80, 200) * SECOND;
                let at = At {
                    time,
                    cause: Cause::Honest(Honest::BackgroundTab),
                };
                let reason = Reason::Revoked;
                world.push(Draft::rejected(
                    at,
                    PROFILE,
                    &self.credential,
                    self.source,
                    reason,
                ));
            }
        }
        self.credential.family = 0;
    }

    /// How long until the next request of the session.
    pub(super) fn pause(&self, random: &mut Random) -> i64 {
        match self.persona {
            Persona::Admin => SECOND + random.gap(12 * SECOND),
            _ => SECOND + random.gap(35 * SECOND).min(20 * MINUTE),
        }
    }
}

fn persona(drawn: u32, mix: &Mix) -> Persona {
    let mut bound = mix.admin;
    for (persona, share) in [
        (Persona::Admin, 0),
        (Persona::Office, mix.office),
        (Persona::Phone, mix.phone),
        (Persona::Relay, mix.relay),
    ] {
        bound += share;
        if drawn < bound {
            return persona;
        }
    }
    Persona::Home
}

/// At home in the WLAN, else behind the carrier's few addresses, or with one of its own in IPv6.
fn phone_address(index: u32, own: u64, moves: u64, random: &mut Random) -> Address {
    match random.below(10) {
        0..3 => Address::home(u64::from(index)),
        3..7 => Address::carrier(own >> 8),
        _ => Address::roaming(own >> 16, u64::from(index), moves),
    }
}

/// The relay of a region has a few networks; which of them serve changes every three hours.
fn relay_address(own: u64, now: i64, random: &mut Random) -> Address {
    let region = (own >> 24) % 12;
    let shift = u64::try_from(now / (3 * HOUR)).unwrap_or(0);
    let network = region * 16 + (shift * 2 + random.below(2)) % 16;
    Address::relay(network, random.next() >> 8)
}
