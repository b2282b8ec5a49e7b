use jwtrail_event::{EventName, Reason};

use super::catalogue::{BILLING, LOGIN, MONITOR, ORDERS, PARTNER, SERVICES, route};
use super::cause::Cause;
use super::draft::{Detail, Draft};
use super::queue::Stamp;
use super::random::mix;
use super::{MILLISECOND, SECOND, Settings};

/// The instances that write: each numbers its records from its start on.
#[derive(Debug)]
pub(super) struct Fleet {
    instances: Vec<Instance>,
    seed: u64,
    written: u64,
}

#[derive(Debug)]
pub(super) struct Instance {
    pub(super) service: u8,
    pub(super) name: String,
    pub(super) producer: String,
    /// How far its clock is ahead, microseconds.
    skew: i64,
    boot: u32,
    seq: u64,
    counts: [u64; 5],
    down_until: i64,
}

/// What became of a draft at its time.
#[derive(Debug)]
pub(super) enum Written {
    /// It is a record.
    Record(Stamp),
    /// Nobody was there to write it: again at this time.
    Later(i64),
    /// It is none.
    Nothing,
}

impl Fleet {
    pub(super) fn new(settings: &Settings) -> Self {
        let [login, orders, billing, partner] = settings.instances;
        let counts = [
            (LOGIN, login),
            (ORDERS, orders),
            (BILLING, billing),
            (PARTNER, partner),
            (MONITOR, 1),
        ];
        let mut instances = Vec::new();
        for (service, count) in counts {
            for number in 1..=count.max(1) {
                instances.push(instance(service, number));
            }
        }
        Self {
            instances,
            seed: settings.seed,
            written: 0,
        }
    }

    pub(super) fn len(&self) -> u8 {
        u8::try_from(self.instances.len()).unwrap_or(u8::MAX)
    }

    pub(super) fn get(&self, number: u8) -> Option<&Instance> {
        self.instances.get(usize::from(number))
    }

    /// The last instance of a service.
    pub(super) fn last_of(&self, service: u8) -> u8 {
        let found = self.instances.iter().rposition(|i| i.service == service);
        found.and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
    }

    /// Lets an instance write a draft.
    pub(super) fn write(&mut self, draft: &Draft) -> Written {
        let Some(number) = self.writer(draft) else {
            return self.postponed(draft);
        };
        let Some(instance) = self.instances.get_mut(usize::from(number)) else {
            return Written::Nothing;
        };
        match draft.detail {
            Detail::Silence { seconds, killed } => {
                let back = draft.time + i64::from(seconds) * SECOND;
                if killed {
                    instance.restart(back);
                } else {
                    instance.down_until = back;
                }
                return Written::Nothing;
            }
            Detail::Vanish(records) => {
                instance.seq += u64::from(records);
                return Written::Nothing;
            }
            _ => {}
        }
        instance.count(draft);
        self.written += 1;
        let stamp = Stamp {
            instance: number,
            boot: instance.boot,
            seq: instance.seq,
            number: mix(self.seed ^ mix(self.written)),
            clock: draft.time + instance.skew,
            counts: instance.counts,
        };
        instance.seq += 1;
        if draft.detail == (Detail::Heartbeat { last: true }) {
            instance.restart(draft.time + RESTART);
        }
        Written::Record(stamp)
    }

    /// Whoever should have written it is down: it happens later, but for a sign of life.
    fn postponed(&self, draft: &Draft) -> Written {
        let alive = Detail::Heartbeat { last: false };
        if draft.detail == alive && matches!(draft.cause, Cause::Honest(_)) {
            return Written::Nothing;
        }
        let service = route(draft.route).service;
        let pinned = draft.pinned.and_then(|number| self.get(number));
        let of_service = self.instances.iter().filter(|i| i.service == service);
        let back = match pinned {
            Some(instance) => Some(instance.down_until),
            None => of_service.map(|instance| instance.down_until).min(),
        };
        Written::Later(back.max(Some(draft.time)).unwrap_or(0) + SECOND)
    }

    /// Clients stick to an instance, most of the time.
    fn writer(&self, draft: &Draft) -> Option<u8> {
        let up = |number: &u8| {
            let instance = self.get(*number);
            instance.is_some_and(|instance| instance.down_until <= draft.time)
        };
        if let Some(pinned) = draft.pinned {
            return Some(pinned).filter(up);
        }
        let service = route(draft.route).service;
        let of_service = |number: &u8| self.get(*number).is_some_and(|i| i.service == service);
        let ours = || (0..self.len()).filter(of_service).filter(up);
        let count = ours().count();
        let address = draft.source.address.bits();
        let mut sticky = mix(address as u64 ^ (address >> 64) as u64);
        if mix(self.written).is_multiple_of(5) {
            sticky >>= 32;
        }
        ours().nth((sticky % count.max(1) as u64) as usize)
    }
}

impl Instance {
    fn restart(&mut self, back: i64) {
        self.boot += 1;
        self.seq = 0;
        self.counts = [0; 5];
        self.down_until = back;
    }

    fn count(&mut self, draft: &Draft) {
        let place = match (draft.event, draft.reason) {
            (EventName::TokenAccepted, _) => 0,
            (EventName::TokenMissing, _) => 1,
            (EventName::TokenRejected, _) => 2,
            (EventName::AccessDenied, _) => 3,
            (EventName::RateExceeded, Some(Reason::RateLimited)) => 4,
            _ => return,
        };
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
    }
}

fn instance(service: u8, number: u8) -> Instance {
    let named = SERVICES.get(usize::from(service));
    let name = named.map_or("", |service| service.name);
    // One clock is a little ahead, one a little behind.
    let skew = match (service, number) {
        (ORDERS, 2) => 400 * MILLISECOND,
        (LOGIN, 2) => -900 * MILLISECOND,
        _ => 0,
    };
    Instance {
        service,
        name: format!("{name}-{number}"),
        producer: format!("{name}/{name}-{number}"),
        skew,
        boot: 1,
        seq: 0,
        counts: [0; 5],
        down_until: 0,
    }
}

/// How long a restart takes.
const RESTART: i64 = 8 * SECOND;
