use std::sync::LazyLock;

use redis::{Script, from_redis_value};

use super::question::Question;
use super::{Redis, RedisFailure};
use crate::{Answer, Charge, Over, SharedLimits, StateError};

/// What keys owe, in Redis: one limit over all processes that use it.
///
/// All limits that a request falls under are charged by one script in one round trip, by the
/// clock of Redis; a key that owes nothing any more is gone. See
/// [`LimitsBuilder::shared`](crate::LimitsBuilder::shared).
///
/// ```no_run
/// use std::sync::Arc;
/// use jwtrail_session::{Limits, Quota, Redis, RedisLimits};
/// # fn example(shared_key: [u8; 32]) -> Result<(), Box<dyn std::error::Error>> {
/// let redis = Redis::builder("redis://127.0.0.1:6379").build()?;
/// let limits = Limits::builder()
///     .per_subject(Quota::per_minute(600))
///     .shared(Arc::new(RedisLimits::new(&redis)), shared_key)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RedisLimits(Redis);

impl RedisLimits {
    /// Limits over this connection.
    #[must_use]
    pub fn new(redis: &Redis) -> Self {
        Self(redis.clone())
    }

    async fn charge(&self, charges: Vec<Charge>) -> Result<Option<Over>, RedisFailure> {
        let keys: Vec<String> = charges.iter().map(|charge| self.key(*charge)).collect();
        let mut question = Question::script_of(&CHARGE, &keys);
        for charge in charges {
            question = question.arg(charge.interval).arg(charge.tolerance);
        }
        // Asked again it charges twice at most.
        let answer = self.0.ask(question).await?;
        match from_redis_value::<(usize, i64)>(answer) {
            Ok((0, _)) => Ok(None),
            Ok((place, wait)) => Ok(Some(Over {
                index: place - 1,
                wait,
            })),
            Err(_) => Err(RedisFailure::Unexpected),
        }
    }

    /// The keys of one request carry the same hash tag: in a cluster they are on one node.
    fn key(&self, charge: Charge) -> String {
        let prefix = &self.0.0.prefix;
        let Charge { group, key, .. } = charge;
        format!("{prefix}:l:{{{group:032x}}}:{key:032x}")
    }
}

impl SharedLimits for RedisLimits {
    fn is_plaintext(&self) -> bool {
        self.0.is_plaintext()
    }

    fn charge(&self, charges: Vec<Charge>) -> Answer<'_, Result<Option<Over>, StateError>> {
        Answer::later(async move { Ok(self.charge(charges).await?) })
    }
}

static CHARGE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/charge.lua")));
