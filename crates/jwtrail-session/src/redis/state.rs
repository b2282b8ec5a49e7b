use std::fmt;
use std::sync::LazyLock;

use jwtrail_event::Timestamp;
use redis::{Script, Value, from_redis_value};

use super::family::{self, FIELDS, micros};
use super::question::Question;
use super::{Redis, RedisFailure, UnusableRedis};
use crate::state::NameHash;
use crate::{
    Advance, Answer, Family, FamilyId, Revocation, State, StateError, Swap, TokenId, TokenIdentity,
};

/// Families and revocations in Redis: what one process was told holds for all of them.
///
/// Each operation is one round trip; those that read and write are one script, which Redis runs
/// as a whole. What ends is dropped by Redis a minute after its end at the latest, and is not
/// seen after its end by any process, whose clock decides.
///
/// Whether a token is revoked is up to three keys: the token's, its subject's, its family's.
/// They have nothing in common from which both a refresh and a request could tell one place, so
/// in a cluster they are on up to three nodes, which are asked at the same time.
///
/// Names of what was revoked are kept as keyed hashes. A family's subject, client and scope
/// stand there as they are: the successor's token needs them.
///
/// ```no_run
/// use jwtrail_session::{Redis, RedisState};
/// # fn example(shared_key: [u8; 32]) -> Result<(), Box<dyn std::error::Error>> {
/// let redis = Redis::builder("redis://127.0.0.1:6379").prefix("orders").build()?;
/// let state = RedisState::new(&redis, shared_key)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisState {
    redis: Redis,
    names: NameHash,
}

impl RedisState {
    /// State over this connection. All processes need the same `key`, 32 random bytes, under
    /// which names are hashed; it may be that of the limits.
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
        })
    }

    fn family_key(&self, id: FamilyId) -> String {
        self.redis.key('f', id.as_bits())
    }

    fn token_key(&self, issuer: &str, id: TokenId<'_>) -> String {
        self.redis.key('t', self.names.token(issuer, id))
    }

    fn subject_key(&self, issuer: &str, subject: &str) -> String {
        self.redis.key('s', self.names.subject(issuer, subject))
    }

    async fn open_family(
        &self,
        id: FamilyId,
        family: Family,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let question = Question::script_of(&OPEN, &[self.family_key(id)])
            .arg(now.as_micros())
            .arg(milliseconds(until, now))
            .arg(family::write(&family, until))
            .once();
        match self.redis.ask(question).await? {
            Value::Int(1) => Ok(()),
            Value::Int(0) => Err(StateError::Exists),
            _ => Err(RedisFailure::Unexpected.into()),
        }
    }

    async fn find_family(
        &self,
        id: FamilyId,
        now: Timestamp,
    ) -> Result<Option<Family>, RedisFailure> {
        let question = Question::command_of("HMGET")
            .arg(self.family_key(id))
            .arg(&FIELDS);
        family::read(self.redis.ask(question).await?, now)
    }

    /// Asked again it finds its own swap, which then looks lost to a successor of the same
    /// token: the client gets that one.
    async fn swap(
        &self,
        id: FamilyId,
        advance: Advance,
        now: Timestamp,
    ) -> Result<Swap, RedisFailure> {
        let question = Question::script_of(&ADVANCE, &[self.family_key(id)])
            .arg(now.as_micros())
            .arg(advance.from)
            .arg(advance.from.saturating_add(1))
            .arg(advance.at.as_micros())
            .arg(family::jti(advance.access_jti));
        match self.redis.ask(question).await? {
            Value::Int(1) => Ok(Swap::Done),
            fields => family::read(fields, now).map(Swap::Lost),
        }
    }

    async fn end_family(
        &self,
        id: FamilyId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Family>, RedisFailure> {
        let question = Question::script_of(&REVOKE_FAMILY, &[self.family_key(id)])
            .arg(now.as_micros())
            .arg(until.as_micros())
            .arg(milliseconds(until, now));
        family::read(self.redis.ask(question).await?, now)
    }

    async fn put(
        &self,
        revocation: Revocation<'_>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), RedisFailure> {
        let kept = milliseconds(until, now);
        let question = match revocation {
            Revocation::Token { issuer, id } => Question::command_of("SET")
                .arg(self.token_key(issuer, id))
                .arg(until.as_micros())
                .arg("PX")
                .arg(kept),
            Revocation::Subject {
                issuer,
                subject,
                before,
            } => Question::script_of(&REVOKE_SUBJECT, &[self.subject_key(issuer, subject)])
                .arg(now.as_micros())
                .arg(before.as_micros())
                .arg(until.as_micros())
                .arg(kept),
        };
        self.redis.ask(question).await.map(drop)
    }

    async fn subject(
        &self,
        issuer: &str,
        subject: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, RedisFailure> {
        let question = Question::command_of("GET").arg(self.subject_key(issuer, subject));
        read_subject(self.redis.ask(question).await?, now)
    }

    async fn any_revoked(
        &self,
        token: TokenIdentity<'_>,
        now: Timestamp,
    ) -> Result<bool, RedisFailure> {
        let mut questions = vec![
            Question::command_of("GET").arg(self.token_key(token.issuer, token.id)),
            Question::command_of("GET").arg(self.subject_key(token.issuer, token.subject)),
        ];
        questions.extend(token.family.map(|id| {
            let key = self.family_key(id);
            Question::command_of("HMGET").arg(key).arg("x").arg("u")
        }));
        let mut answers = self.redis.ask_all(questions).await?.into_iter();
        let mut next = || answers.next().ok_or(RedisFailure::Unexpected);
        let by_token = is_alive(text(next()?)?, now)?;
        let by_subject = read_subject(next()?, now)?.is_some_and(|before| {
            let issued_at = token.issued_at;
            issued_at.is_none_or(|issued_at| issued_at <= before.as_seconds())
        });
        let by_family = match token.family {
            Some(_) => {
                let fields = from_redis_value::<[Option<String>; 2]>(next()?);
                let [revoked, until] = fields.map_err(|_| RedisFailure::Unexpected)?;
                is_alive(until, now)? && revoked.as_deref() != Some("0")
            }
            None => false,
        };
        Ok(by_token || by_subject || by_family)
    }
}

impl State for RedisState {
    fn is_plaintext(&self) -> bool {
        self.redis.is_plaintext()
    }

    fn open(
        &self,
        id: FamilyId,
        family: Family,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<(), StateError>> {
        Answer::later(self.open_family(id, family, until, now))
    }

    fn family(
        &self,
        id: FamilyId,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        Answer::later(async move { Ok(self.find_family(id, now).await?) })
    }

    fn advance(
        &self,
        id: FamilyId,
        advance: Advance,
        now: Timestamp,
    ) -> Answer<'_, Result<Swap, StateError>> {
        Answer::later(async move { Ok(self.swap(id, advance, now).await?) })
    }

    fn revoke_family(
        &self,
        id: FamilyId,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        Answer::later(async move { Ok(self.end_family(id, until, now).await?) })
    }

    fn revoke<'a>(
        &'a self,
        revocation: Revocation<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<(), StateError>> {
        Answer::later(async move { Ok(self.put(revocation, until, now).await?) })
    }

    fn revoked_before<'a>(
        &'a self,
        issuer: &'a str,
        subject: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Result<Option<Timestamp>, StateError>> {
        Answer::later(async move { Ok(self.subject(issuer, subject, now).await?) })
    }

    fn is_revoked<'a>(
        &'a self,
        token: TokenIdentity<'a>,
        now: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>> {
        Answer::later(async move { Ok(self.any_revoked(token, now).await?) })
    }
}

impl fmt::Debug for RedisState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisState").field(&self.redis).finish()
    }
}

impl From<RedisFailure> for StateError {
    fn from(failure: RedisFailure) -> Self {
        Self::Unavailable(Box::new(failure))
    }
}

fn text(answer: Value) -> Result<Option<String>, RedisFailure> {
    from_redis_value(answer).map_err(|_| RedisFailure::Unexpected)
}

fn is_alive(until: Option<String>, now: Timestamp) -> Result<bool, RedisFailure> {
    match until {
        Some(until) => Ok(now < micros(Some(until))?),
        None => Ok(false),
    }
}

/// A moment and its end: `moment:end`.
fn read_subject(answer: Value, now: Timestamp) -> Result<Option<Timestamp>, RedisFailure> {
    let Some(text) = text(answer)? else {
        return Ok(None);
    };
    let (before, until) = text.split_once(':').ok_or(RedisFailure::Unexpected)?;
    let alive = is_alive(Some(until.to_owned()), now)?;
    Ok(alive.then_some(micros(Some(before.to_owned()))?))
}

/// How long Redis keeps what ends at `until`: a little longer, as clocks differ.
pub(super) fn milliseconds(until: Timestamp, now: Timestamp) -> i64 {
    let left = until.micros_since(now) / 1_000;
    left.clamp(0, TEN_YEARS) + MINUTE
}

const MINUTE: i64 = 60_000;
const TEN_YEARS: i64 = 10 * 366 * 24 * 60 * MINUTE;

static OPEN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/open.lua")));
static ADVANCE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lua/advance.lua")));
static REVOKE_FAMILY: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("lua/revoke_family.lua")));
static REVOKE_SUBJECT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("lua/revoke_subject.lua")));
