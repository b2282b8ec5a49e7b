mod admission;
mod builder;
mod key;
mod limited;
mod majority;
mod network;
mod quota;
mod shared;
mod table;

use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError, TryLockError};

use jwtrail_event::{Reason, Timestamp};
use jwtrail_verify::{TokenHashes, VerifiedToken};

pub use admission::{Admission, NotAdmitted, Sharing, WhenDown};
pub use builder::{LimitsBuilder, UnusableLimits};
pub use limited::{Limit, Limited};
pub use quota::Quota;
pub use shared::{Charge, Over, SharedLimits};

use crate::{Answer, TokenId};
use key::{Key, KeyHash};
use majority::Majority;
use network::Network;
use shared::Shared;
use table::Table;

/// How much a client may ask for: the generic cell rate algorithm, in the memory of this
/// process, or what good tokens may do [shared](LimitsBuilder::shared) with others.
///
/// **Failures** are limited before anything is known of the client: per address (an IPv6 /64)
/// and per token, by its fingerprint. Nothing that an unverified token claims is looked at. An
/// address over its limit is not shut out: tokens that are known already pass, others are tried
/// under a small budget that good ones do not use up, and what fails is limited. So a broken
/// client does not lock out its office. A token that held and has expired is charged to itself
/// and not to its address: an office whose tokens end together has done no wrong, and must
/// learn that it has to refresh.
///
/// **Good tokens** are limited as declared: per subject, per token, and per subject in a class
/// of scopes or on a route.
///
/// Keys are kept as keyed hashes, in a fixed number of places. A key that owes nothing makes
/// room. When a flood of keys has taken all places, the key that owes least gives way, one
/// charge at most is forgotten, and never that of a key over its limit: if there is no place,
/// the newcomer is let through without being kept, and [counted](Self::untracked).
///
/// ```
/// use jwtrail_event::{Reason, Timestamp};
/// use jwtrail_session::{Limits, Quota};
///
/// let limits = Limits::builder()
///     .failures_per_address(Quota::per_minute(60).burst(2))
///     .per_subject(Quota::per_minute(600))
///     .build()?;
/// let address = "203.0.113.9".parse()?;
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let fail = |token| limits.failed(address, Some(token), Reason::BadSignature, now);
/// assert!(fail("k1:1").is_ok() && fail("k1:2").is_ok());
/// assert_eq!(fail("k1:3").unwrap_err().retry_after, 1);
/// assert!(limits.is_over(address, now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Limits {
    failures: Meter,
    trials: Meter,
    token_failures: Meter,
    per_subject: Option<Meter>,
    per_token: Option<Meter>,
    scope_classes: Vec<ScopeClassMeter>,
    routes: Vec<RouteMeter>,
    refreshes: Option<Meter>,
    keys: KeyHash,
    hashes: TokenHashes,
    majority: Mutex<Majority>,
    shared: Option<Shared>,
}

impl Limits {
    /// Starts a configuration.
    pub fn builder() -> LimitsBuilder {
        LimitsBuilder::new()
    }

    /// Whether so many tokens of this address failed that others are only looked up, or tried
    /// under the [budget](Self::try_anyway).
    #[must_use]
    pub fn is_over(&self, address: IpAddr, now: Timestamp) -> bool {
        let waits = |key| self.failures.table.wait(key, now.as_micros()).is_some();
        // Most requests come while nobody is over the limit: then nothing is hashed.
        self.failures.table.may_be_closed(now.as_micros()) && {
            waits(self.keys.address(address)) && !self.is_suspected(address)
        }
    }

    /// Takes one trial out of the budget of an address over its limit.
    ///
    /// # Errors
    /// When the budget is used up: refuse the token without trying it.
    pub fn try_anyway(&self, address: IpAddr, now: Timestamp) -> Result<(), Limited> {
        let tried = self.trials.charge(self.keys.address(address), now);
        tried.map_err(|limited| Limited {
            quota: self.failures.quota,
            ..limited
        })
    }

    /// Gives a trial back: the token held.
    pub fn held(&self, address: IpAddr) {
        self.trials.table.refund(self.keys.address(address));
    }

    /// Charges a token that failed, or credentials that were none: then there is no
    /// fingerprint. What is not the client's fault is charged to nobody.
    ///
    /// # Errors
    /// When the address or the token is over its limit: answer with that instead.
    pub fn failed(
        &self,
        address: IpAddr,
        fingerprint: Option<&str>,
        reason: Reason,
        now: Timestamp,
    ) -> Result<(), Limited> {
        if matches!(
            reason,
            Reason::KeyUnavailable | Reason::BackendUnavailable | Reason::ProofNonceRequired
        ) {
            return Ok(());
        }
        let of_token = fingerprint.map_or(Ok(()), |fingerprint| {
            let key = self.keys.fingerprint(fingerprint);
            self.token_failures.charge(key, now)
        });
        // Only a token whose signature held gets as far as this reason.
        if reason == Reason::Expired {
            return of_token;
        }
        if self.is_suspected(address) {
            return of_token;
        }
        let key = self.keys.address(address);
        self.failures.charge(key, now).and(of_token)
    }

    /// The scope classes that have a limit. Each must be one of the verifier's.
    ///
    /// ```
    /// use jwtrail_session::{Limits, Quota};
    /// let limits = Limits::builder().scope_class("admin", Quota::per_minute(30)).build()?;
    /// assert!(limits.scope_classes().eq(["admin"]));
    /// # Ok::<(), jwtrail_session::UnusableLimits>(())
    /// ```
    pub fn scope_classes(&self) -> impl Iterator<Item = &str> {
        self.scope_classes.iter().map(|class| class.name.as_str())
    }

    /// Whether any limit is declared on good tokens.
    #[must_use]
    pub fn limits_good_tokens(&self) -> bool {
        self.per_subject.is_some()
            || self.per_token.is_some()
            || !self.scope_classes.is_empty()
            || !self.routes.is_empty()
    }

    /// Whether good tokens are charged where several processes see it, so that the answer takes
    /// time.
    #[must_use]
    pub fn are_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Whether what is shared lies where a password goes in clear, see
    /// [`SharedLimits::is_plaintext`].
    #[must_use]
    pub fn are_plaintext(&self) -> bool {
        self.shared.as_ref().is_some_and(Shared::is_plaintext)
    }

    /// Charges a request with a good token to every limit that it falls under, or to none. The
    /// route's pattern is asked for only if a route is limited.
    ///
    /// Limits in memory answer at once and need nothing to be allocated. What becomes of a
    /// request while [shared limits](LimitsBuilder::shared) can't be asked is `when_down`.
    pub fn admit<'a, 'r>(
        &'a self,
        token: &VerifiedToken,
        route: impl FnOnce() -> &'r str,
        when_down: WhenDown,
        now: Timestamp,
    ) -> Answer<'a, Admission> {
        let (subject, of_token) = self.keys_of(token);
        if let Some(meter) = self.only_per_subject() {
            return Answer::Ready(Admission::locally(meter.charge(subject, now)));
        }
        let per_subject = self.per_subject.iter().map(|meter| (meter, subject));
        let per_token = self.per_token.iter().map(|meter| (meter, of_token));
        let classes = self.scope_classes.iter();
        let classes = classes
            .filter(|class| token.scope_classes().any(|name| name == class.name))
            .map(|class| (&class.meter, subject));
        let route = if self.routes.is_empty() { "" } else { route() };
        let routes = self.routes.iter();
        let routes = routes
            .filter(|limited| limited.pattern == route)
            .map(|limited| (&limited.meter, subject));
        let due = per_subject.chain(per_token).chain(classes).chain(routes);
        match &self.shared {
            None => Answer::Ready(Admission::locally(charge_all(due, now))),
            Some(shared) => shared.admit(&self.keys, subject, due.collect(), when_down, now),
        }
    }

    /// Charges a refresh to its subject, an `iss` and a `sub`. While shared limits can't be asked
    /// it is refused.
    pub fn admit_refresh(
        &self,
        issuer: &str,
        subject: &str,
        now: Timestamp,
    ) -> Answer<'_, Admission> {
        let Some(meter) = &self.refreshes else {
            return Answer::Ready(Admission::locally(Ok(())));
        };
        let key = self.keys.subject(issuer, subject);
        match &self.shared {
            None => Answer::Ready(Admission::locally(meter.charge(key, now))),
            Some(shared) => {
                shared.admit(&self.keys, key, vec![(meter, key)], WhenDown::Refuse, now)
            }
        }
    }

    /// Notes an accepted request. True when its address is suspected from now on to be a proxy
    /// that is not configured as one, because it sends above half of what is accepted, for many
    /// subjects. Its failures are then not limited.
    #[must_use]
    pub fn accepted(&self, address: IpAddr, token: &VerifiedToken) -> bool {
        // A sample is enough: nobody waits here.
        let mut majority = match self.majority.try_lock() {
            Ok(majority) => majority,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let (subject, _) = self.keys_of(token);
        majority.accepted(Network::of(address), subject).is_some()
    }

    /// How many charges were let through without being kept, for want of room.
    #[must_use]
    pub fn untracked(&self) -> u64 {
        let always = [&self.failures, &self.trials, &self.token_failures];
        let declared = self.per_subject.iter().chain(&self.per_token);
        let declared = declared.chain(&self.refreshes);
        let classes = self.scope_classes.iter().map(|class| &class.meter);
        let routes = self.routes.iter().map(|route| &route.meter);
        let meters = always.into_iter().chain(declared);
        meters
            .chain(classes)
            .chain(routes)
            .map(|meter| meter.table.untracked())
            .sum()
    }

    /// The one limit on good tokens, if it is that: the most usual case, and the shortest way.
    fn only_per_subject(&self) -> Option<&Meter> {
        let others = self.per_token.is_some()
            || !self.scope_classes.is_empty()
            || !self.routes.is_empty()
            || self.shared.is_some();
        self.per_subject.as_ref().filter(|_| !others)
    }

    fn is_suspected(&self, address: IpAddr) -> bool {
        let majority = self.majority.lock();
        let majority = majority.unwrap_or_else(PoisonError::into_inner);
        majority.suspected() == Some(Network::of(address))
    }

    /// A token's subject, and the token if tokens are limited.
    #[inline]
    fn keys_of(&self, token: &VerifiedToken) -> (Key, Key) {
        let hashed = self.hashes.of(token, || {
            let of_token = || {
                let id = match token.jti() {
                    Some(jti) => TokenId::Jti(jti),
                    None => TokenId::Fingerprint(token.fingerprint().as_str()),
                };
                self.keys.token(token.iss(), id).bits()
            };
            let subject = self.keys.subject(token.iss(), token.sub());
            let of_token = self.per_token.as_ref().map_or(0, |_| of_token());
            [subject.bits(), of_token]
        });
        let [subject, of_token] = hashed;
        (Key::from_bits(subject), Key::from_bits(of_token))
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

/// Charges all of them or none.
fn charge_all<'a>(
    due: impl Iterator<Item = (&'a Meter, Key)> + Clone,
    now: Timestamp,
) -> Result<(), Limited> {
    for (index, (meter, key)) in due.clone().enumerate() {
        if let Err(limited) = meter.charge(key, now) {
            due.take(index)
                .for_each(|(meter, key)| meter.table.refund(key));
            return Err(limited);
        }
    }
    Ok(())
}

/// One limit, with what its keys owe.
struct Meter {
    limit: Limit,
    /// Tells limits of one kind apart, for as long as they are configured so.
    name: String,
    quota: Quota,
    table: Table,
}

impl Meter {
    fn charge(&self, key: Key, now: Timestamp) -> Result<(), Limited> {
        let charged = self.table.charge(key, now.as_micros());
        charged.map_err(|wait| Limited::new(self.limit, self.quota, wait))
    }
}

struct ScopeClassMeter {
    name: String,
    meter: Meter,
}

struct RouteMeter {
    pattern: String,
    meter: Meter,
}
