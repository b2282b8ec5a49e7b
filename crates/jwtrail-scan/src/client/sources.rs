use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::{ClientError, SendError};
use crate::target::Target;

/// The addresses that we send from.
///
/// A service slows down whoever sends many bad tokens, and a scan is nothing but bad tokens.
/// On this machine all of 127.0.0.0/8 is ours, so that each address sends few; elsewhere there is
/// one, and a scan takes as long as the service's limits want it to.
pub(super) struct Sources {
    all: Vec<Source>,
    taken: AtomicUsize,
}

/// One address of ours, with its own connections.
#[derive(Clone)]
pub(crate) struct Source(Arc<Inner>);

struct Inner {
    address: Option<IpAddr>,
    client: OnceLock<reqwest::Client>,
}

impl Sources {
    pub(super) fn new(target: &Target) -> Result<Self, ClientError> {
        let many = target.is_loopback_v4() && TcpListener::bind((nth(1), 0)).is_ok();
        let addresses: Vec<Option<IpAddr>> = if many {
            (0..MANY).map(|n| Some(IpAddr::V4(nth(n)))).collect()
        } else {
            vec![None]
        };
        let all: Vec<Source> = addresses.into_iter().map(Source::new).collect();
        // What keeps one client from being made keeps all.
        if let Some(first) = all.first() {
            let client = super::build(target, first.address()).map_err(ClientError)?;
            drop(first.0.client.set(client));
        }
        Ok(Self {
            all,
            taken: AtomicUsize::new(PER_ADDRESS),
        })
    }

    pub(super) fn many(&self) -> bool {
        self.all.len() > 1
    }

    /// The address for requests that should be let in.
    pub(super) fn first(&self) -> Source {
        self.at(0)
    }

    /// The address for the next bad request.
    pub(super) fn next(&self) -> Source {
        self.at(self.taken.fetch_add(1, Ordering::Relaxed) / PER_ADDRESS)
    }

    /// An address that no bad request came from.
    pub(super) fn fresh(&self) -> Source {
        let taken = self.taken.fetch_add(2 * PER_ADDRESS, Ordering::Relaxed);
        self.at(taken / PER_ADDRESS + 1)
    }

    fn at(&self, index: usize) -> Source {
        // The first address stays clean as long as there is another.
        let bad = self.all.len().saturating_sub(1).max(1);
        let index = if index == 0 { 0 } else { (index - 1) % bad + 1 };
        let source = self.all.get(index).or(self.all.first());
        source.cloned().unwrap_or_else(|| Source::new(None))
    }
}

impl Source {
    fn new(address: Option<IpAddr>) -> Self {
        Self(Arc::new(Inner {
            address,
            client: OnceLock::new(),
        }))
    }

    pub(super) fn address(&self) -> Option<IpAddr> {
        self.0.address
    }

    pub(super) fn client(&self, target: &Target) -> Result<&reqwest::Client, SendError> {
        if let Some(client) = self.0.client.get() {
            return Ok(client);
        }
        let client = super::build(target, self.address()).map_err(|_| SendError::Client)?;
        Ok(self.0.client.get_or_init(|| client))
    }
}

/// The loopback addresses that we use, the machine's usual one first.
fn nth(n: u8) -> Ipv4Addr {
    match n {
        0 => Ipv4Addr::LOCALHOST,
        n => Ipv4Addr::new(127, 0, 83, n),
    }
}

/// How many addresses there are, and how many bad requests each sends before it is the next
/// one's turn.
const MANY: u8 = 200;
const PER_ADDRESS: usize = 20;
