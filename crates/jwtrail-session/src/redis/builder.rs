use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::Address;
use super::link::Connector;
use super::{Inner, Redis, supervisor};

/// Builds a [`Redis`].
///
/// ```no_run
/// use std::time::Duration;
/// use jwtrail_session::Redis;
/// let redis = Redis::builder("rediss+sentinel://:secret@10.0.0.1,10.0.0.2,10.0.0.3/orders")
///     .prefix("orders")
///     .deadline(Duration::from_millis(200))
///     .build()?;
/// # Ok::<(), jwtrail_session::UnusableRedis>(())
/// ```
#[must_use = "a builder does nothing before `build`"]
pub struct RedisBuilder {
    address: Result<Address, UnusableRedis>,
    prefix: String,
    deadline: Duration,
    connect_deadline: Duration,
    plaintext: bool,
}

impl RedisBuilder {
    pub(super) fn new(address: &str) -> Self {
        Self {
            address: Address::parse(address),
            prefix: "jwtrail".to_owned(),
            deadline: Duration::from_millis(500),
            connect_deadline: Duration::from_secs(2),
            plaintext: false,
        }
    }

    /// What every key begins with: `jwtrail` if it isn't given. Services that share a Redis and
    /// nothing else need different ones.
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// How long a call may take: 500 ms if it isn't given.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long it may take to make a connection: 2 s if it isn't given.
    pub fn connect_deadline(mut self, deadline: Duration) -> Self {
        self.connect_deadline = deadline;
        self
    }

    /// What the sentinels ask for, if they do. Without sentinels it is not used.
    pub fn sentinel_password(mut self, password: &str) -> Self {
        self.address = self
            .address
            .map(|address| address.with_sentinel_password(password));
        self
    }

    /// Sends the password over `redis` to another machine, where whoever is on the way can read it,
    /// and with it all that Redis holds: for a network that is encrypted below, such as a mesh.
    /// A `config.unsafe` event where `JwtAuth` of `jwtrail-actix` uses it.
    pub fn dangerous_plaintext(mut self) -> Self {
        self.plaintext = true;
        self
    }

    /// Begins to connect, and does not wait for it: a service may start before Redis does.
    ///
    /// # Errors
    /// An address, prefix or deadline that is none, a password that would go to another machine
    /// in clear, or a system that gives no thread.
    pub fn build(self) -> Result<Redis, UnusableRedis> {
        let fit = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if self.prefix.is_empty() || self.prefix.len() > 64 || !self.prefix.bytes().all(fit) {
            return Err(UnusableRedis::Prefix);
        }
        if self.deadline.is_zero() || self.connect_deadline.is_zero() {
            return Err(UnusableRedis::Deadline);
        }
        let address = self.address?;
        let exposed = address.exposes_to();
        let plaintext = exposed.is_some();
        if let Some(place) = exposed.filter(|_| !self.plaintext) {
            return Err(UnusableRedis::Plaintext { place });
        }
        let connector = Connector::new(address, self.deadline, self.connect_deadline)?;
        let kept = supervisor::start(connector).map_err(UnusableRedis::Thread)?;
        Ok(Redis(Arc::new(Inner {
            prefix: self.prefix,
            plaintext,
            deadline: self.deadline,
            runtime: kept.runtime,
            status: kept.status,
            broken: kept.broken,
        })))
    }
}

impl fmt::Debug for RedisBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBuilder")
            .field("prefix", &self.prefix)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// A connection to Redis, or something over it, that can't be built.
///
/// ```
/// use jwtrail_session::{Redis, UnusableRedis};
/// let refused = Redis::builder("http://:secret@host").build().unwrap_err();
/// assert!(matches!(refused, UnusableRedis::Address));
/// assert!(!refused.to_string().contains("secret"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableRedis {
    /// The address is none; it is not repeated, as it may hold a password.
    #[error(
        "the address of redis must be redis://host, redis+cluster://host,host or \
         redis+sentinel://host,host/service, without options; `Redis::builder` says more"
    )]
    Address,
    /// A password would go over an unprotected connection.
    #[error(
        "the password of redis would go to {place} in clear, where anybody on the way can read it; \
         use `rediss` (with the feature `redis-tls`), or `dangerous_plaintext`"
    )]
    Plaintext {
        /// Host and port.
        place: String,
    },
    /// TLS is not compiled in.
    #[error("the address of redis asks for TLS: build with the feature `redis-tls`")]
    NoTls,
    /// The prefix has the wrong form.
    #[error("the prefix of keys must be 1 to 64 letters, digits and -_.")]
    Prefix,
    /// A deadline of nothing.
    #[error("a deadline for redis must be more than nothing")]
    Deadline,
    /// A key that nobody filled in.
    #[error("the key of the shared state is all zeros; draw 32 random bytes")]
    Key,
    /// The system gives no thread.
    #[error("the thread that keeps the connection to redis can't be started")]
    Thread(#[source] std::io::Error),
}
