use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use jwtrail_event::Timestamp;
use redis::from_redis_value;

use super::question::Question;
use super::state::milliseconds;
use super::{Redis, RedisFailure, UnusableRedis};
use crate::state::{NameHash, random_keys};
use crate::{Answer, ProofId, ProofStore, ProofUse, StateError};

/// Used DPoP proofs in Redis: a proof that one process took is a replay at all of them.
///
/// Noting a use is one `SET` with `NX`, in one round trip. Redis drops a proof a minute after it
/// has expired, as the clocks of those who note it differ. Ids and keys of proofs are kept as
/// keyed hashes.
///
/// When Redis does not answer, or has no room, the use can't be noted, and whoever asked must
/// refuse the request. A replica that takes over may lack the last uses, each of which could
/// then be repeated while its proof is young.
///
/// ```no_run
/// use std::sync::Arc;
/// use jwtrail_session::{ProofStore, Redis, RedisProofs};
/// # fn example(shared_key: [u8; 32]) -> Result<(), Box<dyn std::error::Error>> {
/// let redis = Redis::builder("redis://127.0.0.1:6379").prefix("orders").build()?;
/// let proofs: Arc<dyn ProofStore> = Arc::new(RedisProofs::new(&redis, shared_key)?);
/// # Ok(())
/// # }
/// ```
pub struct RedisProofs {
    redis: Redis,
    names: NameHash,
    /// Tells the uses that are noted here from those of others.
    noted_by: (u64, u64),
    noted: AtomicU64,
}

impl RedisProofs {
    /// Proofs over this connection. All processes need the same `key`, 32 random bytes, under
    /// which proofs are hashed; it may be that of the state and of the limits.
    ///
    /// # Errors
    /// A key of zeros.
    pub fn new(redis: &Redis, key: [u8; 32]) -> Result<Self, UnusableRedis> {
        if key == [0; 32] {
            return Err(UnusableRedis::Key);
        }
        Ok(Self {
            redis: redis.clone(),
            names: NameHash::shared(&key),
            noted_by: random_keys(),
            noted: AtomicU64::new(0),
        })
    }

    async fn set(
        &self,
        proof: ProofId<'_>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<ProofUse, RedisFailure> {
        let this = self.new_use();
        let question = Question::command_of("SET")
            .arg(self.redis.key('p', self.names.proof(proof)))
            .arg(&this)
            .arg("NX")
            .arg("GET")
            .arg("PX")
            .arg(milliseconds(until, now));
        let before = from_redis_value::<Option<String>>(self.redis.ask(question).await?);
        match before.map_err(|_| RedisFailure::Unexpected)? {
            // Asked again, as the answer was lost, it finds its own use.
            Some(other) if other != this => Ok(ProofUse::Again),
            _ => Ok(ProofUse::First),
        }
    }

    fn new_use(&self) -> String {
        let (high, low) = self.noted_by;
        let number = self.noted.fetch_add(1, Ordering::Relaxed);
        format!("{high:016x}{low:016x}{number:x}")
    }
}

impl ProofStore for RedisProofs {
    fn is_plaintext(&self) -> bool {
        self.redis.is_plaintext()
    }

    fn note<'a>(
        &'a self,
        proof: ProofId<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<ProofUse, StateError>> {
        Answer::later(async move { Ok(self.set(proof, until, now).await?) })
    }
}

impl fmt::Debug for RedisProofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisProofs").field(&self.redis).finish()
    }
}
