use std::collections::BTreeMap;

use jwtrail_event::{EventName, Kind, Reason, Record};
use serde::{Deserialize, Serialize};

use super::crowd::Crowd;
use super::{KEPT, WINDOW};
use crate::hash::Hash;
use crate::key::address_key;

/// Who sent anything to a service, and who was refused for what, by windows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Service {
    windows: BTreeMap<i64, Window>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Window {
    active: Crowd,
    hit: BTreeMap<Reason, Refused>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Refused {
    addresses: Crowd,
    events: u64,
}

/// An address was refused for a reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) window: i64,
    pub(super) reason: Reason,
}

impl Service {
    /// Takes in a record; whether it is of an address that was refused.
    pub(super) fn observe(&mut self, record: &Record<'_>, time: i64, now: i64) -> Option<Hit> {
        let address = record.client_ip.as_ref()?.as_str();
        let number = bucket(time);
        if record.kind != Kind::Decision || number <= bucket(now) - KEPT {
            return None;
        }
        let address = Hash::new("address").part(&address_key(address)).short();
        let window = self.windows.entry(number).or_default();
        window.active.add(address);
        let refused = matches!(
            record.event,
            EventName::TokenRejected | EventName::AccessDenied
        );
        let reason = record.reason.filter(|_| refused)?;
        let of_reason = window.hit.entry(reason).or_default();
        of_reason.addresses.add(address);
        of_reason.events += 1;
        Some(Hit {
            window: number,
            reason,
        })
    }

    /// Whether the reason hits a great part of the addresses in a window.
    pub(super) fn is_surge(&self, window: i64, reason: Reason) -> bool {
        let hit = self.windows.get(&window).and_then(|it| it.hit.get(&reason));
        let hit = hit.map_or(0, |refused| refused.addresses.count());
        if hit < LEAST {
            return false;
        }
        // A window that has just begun has seen few of those who are there.
        let active = [window, window - 1].map(|number| {
            let window = self.windows.get(&number);
            window.map_or(0, |window| window.active.count())
        });
        hit.saturating_mul(ONE_IN) > active.into_iter().max().unwrap_or(0)
    }

    /// Events with a hit's reason in its window.
    pub(super) fn count(&self, hit: Hit) -> u64 {
        let window = self.windows.get(&hit.window);
        let refused = window.and_then(|window| window.hit.get(&hit.reason));
        refused.map_or(0, |refused| refused.events)
    }

    /// The first window of the surge that a window belongs to.
    pub(super) fn surge_begin(&self, window: i64, reason: Reason) -> Option<i64> {
        if !self.is_surge(window, reason) {
            return None;
        }
        let mut begin = window;
        while self.is_surge(begin - 1, reason) {
            begin -= 1;
        }
        Some(begin)
    }

    /// The last window in which the reason is one.
    pub(super) fn last_surge(&self, reason: Reason) -> Option<i64> {
        let mut windows = self.windows.keys().rev().copied();
        windows.find(|window| self.is_surge(*window, reason))
    }

    /// Forgets windows up to one; whether any is left.
    pub(super) fn forget(&mut self, oldest: i64) -> bool {
        self.windows.retain(|number, _| *number > oldest);
        !self.windows.is_empty()
    }
}

/// The number of a moment's window.
pub(crate) fn bucket(time: i64) -> i64 {
    time.div_euclid(WINDOW)
}

/// So many addresses at least.
const LEAST: u64 = 20;
/// More than one in so many: 20 %.
const ONE_IN: u64 = 5;
