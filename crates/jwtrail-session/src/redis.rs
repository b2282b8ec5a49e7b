//! Redis as what several processes share.

mod address;
mod builder;
mod failure;
mod family;
mod limits;
mod link;
mod proofs;
mod question;
mod state;
mod supervisor;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::Value;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

pub use builder::{RedisBuilder, UnusableRedis};
pub use failure::{RedisCause, RedisFailure};
pub use limits::RedisLimits;
pub use proofs::RedisProofs;
pub use state::RedisState;

use link::Link;
use question::Question;
use supervisor::Status;

/// A connection to Redis 7, Valkey, a cluster of them, or whatever Sentinel says is the primary.
/// A clone is the same connection.
///
/// A thread of its own keeps it, so that no handler that takes its time delays the requests of
/// others, and it can be used under any executor. All calls share the connection; each has a
/// deadline, over the wait for a connection, too. When the connection is lost, calls wait while
/// it is made anew for the first time, and are then refused at once until that succeeds: it is
/// tried again after 50 ms at first, and every second in the end. A call whose connection broke
/// is made once more on the next one.
///
/// What must outlive Redis has to be on its disk: `appendonly yes`, and `maxmemory-policy
/// noeviction`, as a revocation that is evicted is no revocation any more. A replica that takes
/// over may lack the last changes: a lost refresh ends its session, a lost revocation has to be
/// made again.
///
/// ```no_run
/// use std::sync::Arc;
/// use jwtrail_session::{Limits, Quota, Redis, RedisLimits, RedisState, Sessions, SigningKey};
///
/// # fn example(shared_key: [u8; 32]) -> Result<(), Box<dyn std::error::Error>> {
/// let redis = Redis::builder("redis://127.0.0.1:6379").prefix("orders").build()?;
/// let sessions = Sessions::builder(SigningKey::generate_ed25519()?, "2026-01")
///     .issuer("https://login.example")
///     .audience("orders-api")
///     .refresh_key([7; 32]) // 32 random bytes, the same in every process
///     .state(Arc::new(RedisState::new(&redis, shared_key)?))
///     .build()?;
/// let limits = Limits::builder()
///     .per_subject(Quota::per_minute(600))
///     .shared(Arc::new(RedisLimits::new(&redis)), shared_key)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    prefix: String,
    /// Whether its password goes in clear, as somebody wanted it.
    plaintext: bool,
    deadline: Duration,
    runtime: Handle,
    status: watch::Receiver<Status>,
    /// Takes the numbers of connections that are good for nothing.
    broken: mpsc::Sender<u64>,
}

impl Redis {
    /// Starts a configuration with an address:
    ///
    /// - `redis://[user:password@]host[:port][/database]`
    /// - `redis+cluster://[user:password@]host[:port],host[:port],...` with some of its nodes
    /// - `redis+sentinel://[user:password@]host[:port],.../service[/database]` with the
    ///   sentinels; user and password are for the primary
    ///
    /// and the same with `rediss` for TLS, which needs the feature `redis-tls`. Characters of
    /// user and password other than letters, digits and `-_.~` are percent-encoded. A password
    /// goes without TLS only to `localhost`, `127.0.0.0/8` and `::1`, see
    /// [`RedisBuilder::dangerous_plaintext`].
    pub fn builder(address: &str) -> RedisBuilder {
        RedisBuilder::new(address)
    }

    fn is_plaintext(&self) -> bool {
        self.0.plaintext
    }

    fn key(&self, kind: char, name: u128) -> String {
        format!("{}:{kind}:{name:032x}", self.0.prefix)
    }

    /// Asks one question: one round trip.
    async fn ask(&self, question: Question) -> Result<Value, RedisFailure> {
        let answers = self.ask_all(vec![question]).await?;
        let mut answers = answers.into_iter();
        answers.next().ok_or(RedisFailure::Unexpected)
    }

    /// Asks several plain questions at once: one round trip, in a cluster one to each node
    /// concerned, at the same time.
    async fn ask_all(&self, questions: Vec<Question>) -> Result<Vec<Value>, RedisFailure> {
        let inner = Arc::clone(&self.0);
        let asked = self.0.runtime.spawn(async move {
            let mut used = None;
            let answer = inner.attempt(&questions, &mut used);
            match tokio::time::timeout(inner.deadline, answer).await {
                Ok(answer) => answer,
                Err(_) => {
                    inner.report(used);
                    let deadline = inner.deadline;
                    Err(RedisFailure::Deadline { deadline })
                }
            }
        });
        asked.await.unwrap_or(Err(RedisFailure::Stopped))
    }
}

impl Inner {
    async fn attempt(
        &self,
        questions: &[Question],
        used: &mut Option<u64>,
    ) -> Result<Vec<Value>, RedisFailure> {
        loop {
            let before = *used;
            let (mut link, number) = self.link(before).await?;
            *used = Some(number);
            let error = match link.ask(questions).await {
                Ok(values) => return Ok(values),
                Err(error) => error,
            };
            let broken = link::is_broken(&error);
            if broken {
                self.report(*used);
            }
            // A cluster's connection has tried again by itself.
            let again = broken
                && before.is_none()
                && matches!(link, Link::One(_))
                && questions.iter().all(Question::may_be_repeated);
            if !again {
                return Err(RedisFailure::refused(&error));
            }
        }
    }

    /// The connection, if it is another one than that which broke before.
    async fn link(&self, broken: Option<u64>) -> Result<(Link, u64), RedisFailure> {
        let mut status = self.status.clone();
        let known = status.wait_for(|status| match status {
            Status::Connecting => false,
            Status::Up { number, .. } => Some(*number) != broken,
            Status::Down(_) => true,
        });
        let known = known.await.map_err(|_| RedisFailure::Stopped)?;
        match &*known {
            Status::Up { link, number } => Ok((link.clone(), *number)),
            Status::Down(cause) => Err(RedisFailure::Unreachable(cause.clone())),
            Status::Connecting => Err(RedisFailure::Unexpected),
        }
    }

    fn report(&self, number: Option<u64>) {
        if let Some(number) = number {
            // When there is no room, others have reported it.
            self.broken.try_send(number).ok();
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("prefix", &self.0.prefix)
            .field("deadline", &self.0.deadline)
            .finish_non_exhaustive()
    }
}
