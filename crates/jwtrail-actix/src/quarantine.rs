//! The list of quarantines and revocations that a monitor keeps, in the service.

#[cfg(feature = "outbound")]
mod cache_file;
mod filter;
#[cfg(feature = "outbound")]
mod follow;
mod index;
#[cfg(feature = "outbound")]
mod source;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use jwtrail_event::quarantine::Hold;
use jwtrail_event::{Pseudonyms, Reason, Timestamp};
use jwtrail_verify::VerifiedToken;
use tokio::sync::watch;

use index::{Held, Index, Names, stronger};
#[cfg(feature = "outbound")]
pub use source::{QuarantineError, QuarantineSource};

/// Tokens, families and subjects that are refused, whatever their tokens say: as quarantined
/// while it is looked into what they are, or as revoked. A clone is the same list.
///
/// Give it to [`JwtAuthBuilder::quarantine`](crate::JwtAuthBuilder::quarantine). It is looked at
/// on every request, those of tokens that are known already included: what it says holds from the
/// next request on. Reading it takes no lock. An entry stops to hold by the clock, whether or not
/// anybody says so.
///
/// Mostly it comes from the monitor, see [`from_monitor`](Self::from_monitor).
///
/// ```
/// use jwtrail_actix::QuarantineList;
/// use jwtrail_event::quarantine::{Hold, Kind, Target};
/// use jwtrail_event::{EventId, Timestamp};
///
/// let list = QuarantineList::new();
/// list.replace(&[Hold {
///     id: EventId::from_u128(1),
///     kind: Kind::Quarantine,
///     target: Target::Token { iss: "https://login.example".into(), jti: "4f1c".into() },
///     services: Vec::new(),
///     until: Timestamp::MAX,
/// }]);
/// assert_eq!(list.len(), 1);
/// ```
#[derive(Clone)]
pub struct QuarantineList {
    shared: Arc<Shared>,
    /// It comes over an unprotected connection.
    plain_http: bool,
    /// Ends the task with the last clone.
    _following: Option<Arc<watch::Sender<()>>>,
}

/// What the task writes and requests read.
struct Shared {
    index: ArcSwap<Index>,
    /// Goes up after each change of the index.
    version: AtomicU64,
    names: Names,
    /// When the monitor last said that this is the list.
    confirmed: watch::Sender<Option<Timestamp>>,
}

impl QuarantineList {
    /// An empty list that its owner fills, see [`replace`](Self::replace).
    #[must_use]
    pub fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                index: ArcSwap::from_pointee(Index::default()),
                version: AtomicU64::new(1),
                names: Names::new(),
                confirmed: watch::channel(None).0,
            }),
            plain_http: false,
            _following: None,
        }
    }

    /// Begins with the monitor that keeps the list: its URL (scheme, host and port), and the
    /// credential that it gave to this producer.
    ///
    /// ```no_run
    /// use jwtrail_actix::QuarantineList;
    /// use jwtrail_event::SecretToken;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let credential = SecretToken::new(std::fs::read_to_string("/run/secrets/jwtrail")?);
    /// let quarantine = QuarantineList::from_monitor("https://audit.example", credential)
    ///     .cache_file("/var/lib/orders-api/quarantine.json")
    ///     .start()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "outbound")]
    pub fn from_monitor(url: &str, credential: jwtrail_event::SecretToken) -> QuarantineSource {
        QuarantineSource::new(url, credential)
    }

    /// Puts these in the place of what the list says.
    pub fn replace(&self, holds: &[Hold]) {
        self.shared.publish(holds);
    }

    /// How many entries there are, those that have ended by the clock since included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.index.load().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When the monitor last said that this is its list; `None` before it has said so once, and
    /// for a list that does not come from one. While the monitor is away the list holds and this
    /// moment stays: how long ago it was is how stale the list may be.
    #[must_use]
    pub fn confirmed_at(&self) -> Option<Timestamp> {
        *self.shared.confirmed.borrow()
    }

    /// Waits until the monitor has given its list once; for ever, if it never does.
    ///
    /// A service may wait for it, with a deadline of its own, before it takes requests.
    pub async fn confirmed(&self) {
        let mut confirmed = self.shared.confirmed.subscribe();
        // The sender lives as long as `self`.
        drop(confirmed.wait_for(Option::is_some).await);
    }

    /// Subjects may be named by these pseudonyms from now on; whether they may, since others
    /// are known already.
    #[must_use]
    pub(crate) fn know(&self, pseudonyms: &Arc<Pseudonyms>) -> bool {
        // By their names they are known anyway.
        if !pseudonyms.replaces_subjects() {
            return true;
        }
        let known = self.shared.names.know(pseudonyms);
        // Who was clear before may be held under this name.
        self.shared.version.fetch_add(1, Ordering::Release);
        known
    }

    /// Whether it comes over a connection that nothing protects, by the operator's leave.
    pub(crate) const fn is_plain_http(&self) -> bool {
        self.plain_http
    }

    /// Why a token is refused, if it is.
    pub(crate) fn refuses(
        &self,
        token: &VerifiedToken,
        service: &str,
        now: Timestamp,
    ) -> Option<Reason> {
        let Shared { names, .. } = &*self.shared;
        let version = self.shared.version.load(Ordering::Acquire);
        if names.is_clear(token, version) {
            return None;
        }
        let index = self.shared.index.load();
        if index.len() == 0 {
            return None;
        }
        let mut entries = index.of(token, names).peekable();
        if entries.peek().is_none() {
            names.note_clear(token, version);
        }
        let holding = entries.filter(|entry| entry.holds(token, service, now));
        holding.map(Held::reason).reduce(stronger)
    }
}

impl Shared {
    fn publish<'h>(&self, holds: impl IntoIterator<Item = &'h Hold>) {
        self.index.store(Arc::new(Index::new(holds, &self.names)));
        self.version.fetch_add(1, Ordering::Release);
    }
}

impl Default for QuarantineList {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for QuarantineList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuarantineList")
            .field("entries", &self.len())
            .field("confirmed_at", &self.confirmed_at())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jwtrail_event::EventId;
    use jwtrail_event::quarantine::{Kind, Target};
    use jwtrail_forge::Forge;
    use jwtrail_verify::{KeySet, Seed, Verifier};

    use super::*;

    #[test]
    fn a_token_is_looked_for_again_after_each_change_and_by_each_service() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let forge = Forge::new(now);
        let keys = KeySet::from_jwks(forge.jwks()).unwrap();
        let builder = Verifier::builder().issuer(forge.issuer(), keys);
        let verifier = builder.audience(forge.audience()).build(Seed::new([7; 32]));
        let token = forge.token().subject("alice").sign();
        let token = verifier.unwrap().verify(token.expose(), now).unwrap().token;
        let hold = |sub: &str, services: &[&str]| Hold {
            id: EventId::from_u128(1),
            kind: Kind::Quarantine,
            target: Target::Subject {
                iss: forge.issuer().to_owned(),
                sub: sub.to_owned(),
                before: None,
            },
            services: services.iter().map(|name| (*name).to_owned()).collect(),
            until: Timestamp::MAX,
        };
        let list = QuarantineList::new();
        let refuses = |service| list.refuses(&token, service, now);
        assert_eq!(refuses("orders"), None);
        list.replace(&[hold("bob", &[])]);
        assert_eq!((refuses("orders"), refuses("orders")), (None, None));
        list.replace(&[hold("bob", &[]), hold("alice", &["billing"])]);
        assert_eq!(refuses("orders"), None);
        assert_eq!(refuses("billing"), Some(Reason::Quarantined));
        list.replace(&[]);
        assert_eq!(refuses("billing"), None);
    }
}
