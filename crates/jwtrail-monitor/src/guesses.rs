use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use jwtrail_event::Timestamp;

use crate::quota::Quota;

/// Who presented wrong codes and credentials, and how often.
///
/// They have 256 bits and can't be guessed; but each attempt leaves a record, and nobody may
/// fill the log with those. A right one is never refused for what an address did before.
#[derive(Debug)]
pub(crate) struct Guesses {
    burst: u32,
    by_network: Mutex<HashMap<Network, Quota>>,
}

/// An IPv4 address, or an IPv6 network of 64 bits; none for all who came when there was no room.
type Network = Option<(bool, u64)>;

impl Guesses {
    pub(crate) fn new(burst: u32) -> Self {
        Self {
            burst,
            by_network: Mutex::default(),
        }
    }

    /// Counts a failed attempt, or says in how many seconds the next is looked at.
    pub(crate) fn failed(&self, request: &HttpRequest, now: Timestamp) -> Result<(), u64> {
        // The monitor trusts no proxy yet: the address is who connects.
        self.failed_from(request.peer_addr().map(|peer| peer.ip()), now)
    }

    fn failed_from(&self, address: Option<IpAddr>, now: Timestamp) -> Result<(), u64> {
        let mut known = self
            .by_network
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut network = address.map(network);
        if known.len() >= MOST && !known.contains_key(&network) {
            known.retain(|_, quota| !quota.is_full(now));
            if known.len() >= MOST {
                network = None;
            }
        }
        let full = || Quota::new(PER_SECOND, self.burst, now);
        known.entry(network).or_insert_with(full).take(1, now)
    }
}

fn network(address: IpAddr) -> (bool, u64) {
    match address.to_canonical() {
        IpAddr::V4(address) => (false, u64::from(address.to_bits())),
        IpAddr::V6(address) => {
            let high = address.to_bits() >> 64;
            (true, u64::try_from(high).unwrap_or_default())
        }
    }
}

const PER_SECOND: u32 = 1;
const MOST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn an_address_waits_and_others_do_not() {
        let guesses = Guesses::new(2);
        let at = Timestamp::from_seconds;
        let one = from("2001:db8::1");
        assert_eq!(guesses.failed_from(one, at(0)), Ok(()));
        assert_eq!(guesses.failed_from(from("2001:db8::2"), at(0)), Ok(()));
        assert_eq!(guesses.failed_from(one, at(0)), Err(1));
        assert_eq!(guesses.failed_from(from("2001:db8:0:1::1"), at(0)), Ok(()));
        assert_eq!(guesses.failed_from(from("203.0.113.7"), at(0)), Ok(()));
        assert_eq!(guesses.failed_from(one, at(1)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let guesses = Guesses::new(1);
        let at = Timestamp::from_seconds;
        let address = |n: u32| Some(IpAddr::V4(n.into()));
        for n in 0..20_000 {
            guesses.failed_from(address(n), at(0)).ok();
        }
        assert!(guesses.by_network.lock().unwrap().len() <= MOST + 1);
        assert_eq!(guesses.failed_from(address(30_000), at(0)), Err(1));
        assert_eq!(guesses.failed_from(address(30_000), at(9)), Ok(()));
        assert!(guesses.by_network.lock().unwrap().len() <= 2);
    }
}
