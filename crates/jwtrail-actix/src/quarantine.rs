//! The list of quarantines and revocations that a monitor keeps, in the service.

#[cfg(feature = "outbound")]
mod cache_file;
#[cfg(feature = "outbound")]
mod follow;
mod index;
#[cfg(feature = "outbound")]
mod source;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use jwtrail_event::quarantine::Hold;
use jwtrail_event::{Reason, Timestamp};
use jwtrail_verify::VerifiedToken;
use tokio::sync::watch;

use index::{Index, Names};
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
    /// Ends the task with the last clone.
    _following: Option<Arc<watch::Sender<()>>>,
}

/// What the task writes and requests read.
struct Shared {
    index: ArcSwap<Index>,
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
                names: Names::new(),
                confirmed: watch::channel(None).0,
            }),
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

    /// Why a token is refused, if it is.
    pub(crate) fn refuses(
        &self,
        token: &VerifiedToken,
        service: &str,
        now: Timestamp,
    ) -> Option<Reason> {
        let index = self.shared.index.load();
        index.refuses(token, &self.shared.names, service, now)
    }
}

impl Shared {
    fn publish<'h>(&self, holds: impl IntoIterator<Item = &'h Hold>) {
        self.index.store(Arc::new(Index::of(holds, &self.names)));
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
