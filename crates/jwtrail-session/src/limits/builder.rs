use std::fmt;
use std::sync::{Arc, Mutex};

use jwtrail_verify::TokenHashes;
use zeroize::Zeroizing;

use super::key::KeyHash;
use super::majority::Majority;
use super::shared::{Shared, SharedLimits};
use super::table::Table;
use super::{Limit, Limits, Meter, Quota, RouteMeter, ScopeClassMeter};

/// Builds [`Limits`]: those on failures are always there, those on good tokens are declared.
///
/// ```
/// use jwtrail_session::{Limits, Quota};
///
/// let limits = Limits::builder()
///     .failures_per_address(Quota::per_minute(30))
///     .per_subject(Quota::per_minute(600).burst(50))
///     .build()?;
/// assert!(limits.limits_good_tokens());
/// # Ok::<(), jwtrail_session::UnusableLimits>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing before `build`"]
pub struct LimitsBuilder {
    failures_per_address: Quota,
    trials_per_address: Quota,
    failures_per_token: Quota,
    per_subject: Option<Quota>,
    per_token: Option<Quota>,
    scope_classes: Vec<ScopeClass>,
    routes: Vec<(String, Quota)>,
    refreshes: Option<Quota>,
    capacity: usize,
    shared: Option<Together>,
}

#[derive(Clone)]
struct Together {
    store: Arc<dyn SharedLimits>,
    key: Zeroizing<[u8; 32]>,
}

#[derive(Clone, Debug)]
struct ScopeClass {
    name: String,
    quota: Quota,
}

impl LimitsBuilder {
    pub(super) const fn new() -> Self {
        Self {
            failures_per_address: Quota::per_minute(60),
            trials_per_address: Quota::per_second(5).burst(20),
            failures_per_token: Quota::per_minute(60),
            per_subject: None,
            per_token: None,
            scope_classes: Vec::new(),
            routes: Vec::new(),
            refreshes: None,
            capacity: 65_536,
            shared: None,
        }
    }

    /// How many tokens of one address (an IPv6 /64) may fail: 60 a minute, if it isn't given.
    pub fn failures_per_address(mut self, quota: Quota) -> Self {
        self.failures_per_address = quota;
        self
    }

    /// How many tokens of an address over its limit are tried all the same: 5 a second and 20
    /// at once, if it isn't given. Tokens that hold use none of it up.
    pub fn trials_per_address(mut self, quota: Quota) -> Self {
        self.trials_per_address = quota;
        self
    }

    /// How often one token may fail, wherever it comes from: 60 a minute, if it isn't given.
    pub fn failures_per_token(mut self, quota: Quota) -> Self {
        self.failures_per_token = quota;
        self
    }

    /// How much one subject may ask for. No limit if it isn't given.
    pub fn per_subject(mut self, quota: Quota) -> Self {
        self.per_subject = Some(quota);
        self
    }

    /// How much may be asked for with one token. No limit if it isn't given.
    pub fn per_token(mut self, quota: Quota) -> Self {
        self.per_token = Some(quota);
        self
    }

    /// How much one subject may ask for with tokens of a class, which the verifier's builder
    /// [defines](jwtrail_verify::VerifierBuilder::scope_class). May be called several times; a
    /// token counts in each class that it is of.
    pub fn scope_class(mut self, name: &str, quota: Quota) -> Self {
        self.scope_classes.push(ScopeClass {
            name: name.to_owned(),
            quota,
        });
        self
    }

    /// How much one subject may ask of a route, by its pattern, e.g. `/orders/{id}`. May be
    /// called several times.
    pub fn route(mut self, pattern: &str, quota: Quota) -> Self {
        self.routes.push((pattern.to_owned(), quota));
        self
    }

    /// How often one subject may refresh. No limit if it isn't given.
    pub fn refreshes_per_subject(mut self, quota: Quota) -> Self {
        self.refreshes = Some(quota);
        self
    }

    /// For how many keys each limit has room: 65,536 if it isn't given, each of 24 bytes.
    pub fn capacity(mut self, keys: usize) -> Self {
        self.capacity = keys;
        self
    }

    /// Counts good tokens together with other processes. All of them need the same `key`, 32
    /// random bytes, under which identities are hashed: the store learns none.
    ///
    /// Failures stay counted in each process, so that a flood of bad tokens does not become a
    /// flood of questions to the store.
    pub fn shared(mut self, store: Arc<dyn SharedLimits>, key: [u8; 32]) -> Self {
        self.shared = Some(Together {
            store,
            key: Zeroizing::new(key),
        });
        self
    }

    /// Builds them.
    ///
    /// # Errors
    /// A quota of nothing or of more than one in a microsecond, a class without a name, no room
    /// for keys, a shared key of zeros, or a system without random bytes.
    pub fn build(self) -> Result<Limits, UnusableLimits> {
        if self.capacity == 0 {
            return Err(UnusableLimits::Capacity);
        }
        let named = |limit, name: &str, quota| meter(limit, name, quota, self.capacity);
        let meter = |limit, quota| named(limit, "", quota);
        let mut scope_classes = Vec::with_capacity(self.scope_classes.len());
        for class in &self.scope_classes {
            if class.name.is_empty() {
                return Err(UnusableLimits::ScopeClass);
            }
            scope_classes.push(ScopeClassMeter {
                name: class.name.clone(),
                meter: named(Limit::ScopeClass, &class.name, class.quota)?,
            });
        }
        let mut routes = Vec::with_capacity(self.routes.len());
        for (pattern, quota) in &self.routes {
            routes.push(RouteMeter {
                pattern: pattern.clone(),
                meter: named(Limit::Route, pattern, *quota)?,
            });
        }
        let keys = match &self.shared {
            Some(Together { key, .. }) if key.iter().all(|byte| *byte == 0) => {
                return Err(UnusableLimits::SharedKey);
            }
            Some(Together { key, .. }) => KeyHash::shared(key),
            None => KeyHash::random().map_err(|_| UnusableLimits::Randomness)?,
        };
        let optional = |limit, quota: Option<Quota>| quota.map(|q| meter(limit, q)).transpose();
        Ok(Limits {
            failures: meter(Limit::Failures, self.failures_per_address)?,
            trials: meter(Limit::Failures, self.trials_per_address)?,
            token_failures: meter(Limit::TokenFailures, self.failures_per_token)?,
            per_subject: optional(Limit::Subject, self.per_subject)?,
            per_token: optional(Limit::Token, self.per_token)?,
            scope_classes,
            routes,
            refreshes: optional(Limit::Refreshes, self.refreshes)?,
            keys,
            hashes: TokenHashes::new(),
            majority: Mutex::new(Majority::default()),
            shared: self.shared.map(|shared| Shared::new(shared.store)),
        })
    }
}

impl fmt::Debug for LimitsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitsBuilder").finish_non_exhaustive()
    }
}

fn meter(limit: Limit, name: &str, quota: Quota, capacity: usize) -> Result<Meter, UnusableLimits> {
    if !quota.is_usable() {
        return Err(UnusableLimits::Quota { limit, quota });
    }
    Ok(Meter {
        limit,
        name: format!("{}:{name}", limit.as_str()),
        quota,
        table: Table::new(quota, capacity),
    })
}

/// Limits that can't be built.
///
/// ```
/// use jwtrail_session::{Limits, UnusableLimits};
/// let built = Limits::builder().capacity(0).build();
/// assert_eq!(built.err(), Some(UnusableLimits::Capacity));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableLimits {
    /// A quota that lets nothing pass, or that can't be measured.
    #[error(
        "the quota of `{}` must allow at least one at once and at most one in a microsecond, not \
         {} in {} s", limit.as_str(), quota.count(), quota.seconds()
    )]
    Quota {
        /// Of which limit.
        limit: Limit,
        /// The quota as given.
        quota: Quota,
    },
    /// No room for keys.
    #[error("limits need room for at least one key")]
    Capacity,
    /// A class without a name.
    #[error("a scope class needs a name")]
    ScopeClass,
    /// A key that nobody filled in.
    #[error("the key of the shared limits is all zeros; draw 32 random bytes")]
    SharedKey,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
}
