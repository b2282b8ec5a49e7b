use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use jwtrail_event::Timestamp;
use jwtrail_verify::VerifiedToken;
use quick_cache::sync::{Cache, PlaceholderGuard};

use crate::random;

/// The answers of the issuer, each for a while, under a MAC of its token.
pub(super) struct Answers {
    entries: Cache<u128, Entry>,
    mac: hmac::Key,
    keep: i64,
}

/// What the issuer said.
#[derive(Clone)]
pub(super) enum Answered {
    /// The token is good.
    Active(Arc<VerifiedToken>),
    /// It is not active, or is active and not good here.
    Refused(Arc<[u8]>),
    /// Nothing, or nothing that could be read.
    Nothing,
}

pub(super) enum Found<'a> {
    Answered(Answered),
    /// Nobody else asks about this token, until the place is filled or dropped.
    Reserved(Place<'a>),
}

/// Where an answer will stand.
pub(super) struct Place<'a> {
    guard: Guard<'a>,
    keep: i64,
}

type Guard<'a> = PlaceholderGuard<
    'a,
    u128,
    Entry,
    quick_cache::UnitWeighter,
    quick_cache::DefaultHashBuilder,
    quick_cache::sync::DefaultLifecycle<u128, Entry>,
>;

#[derive(Clone)]
struct Entry {
    answered: Answered,
    until: Timestamp,
}

impl Answers {
    pub(super) fn new(
        capacity: usize,
        keep: Duration,
    ) -> Result<Self, aws_lc_rs::error::Unspecified> {
        Ok(Self {
            entries: Cache::new(capacity.max(1)),
            mac: hmac::Key::new(hmac::HMAC_SHA256, &random::secret()?),
            keep: i64::try_from(keep.as_micros()).unwrap_or(i64::MAX),
        })
    }

    pub(super) fn find(&self, token: &str, now: Timestamp) -> Option<Answered> {
        let entry = self.entries.get(&self.key(token))?;
        (now < entry.until).then_some(entry.answered)
    }

    pub(super) async fn find_or_reserve(&self, token: &str, now: Timestamp) -> Found<'_> {
        let key = self.key(token);
        loop {
            match self.entries.get_value_or_guard_async(&key).await {
                Ok(entry) if now < entry.until => return Found::Answered(entry.answered),
                Ok(old) => {
                    // But not what somebody else has put there meanwhile.
                    self.entries
                        .remove_if(&key, |entry| entry.until <= old.until);
                }
                Err(guard) => {
                    let keep = self.keep;
                    return Found::Reserved(Place { guard, keep });
                }
            }
        }
    }

    fn key(&self, token: &str) -> u128 {
        let tag = hmac::sign(&self.mac, token.as_bytes());
        let bytes = tag.as_ref().iter().take(16);
        bytes.fold(0, |key, byte| (key << 8) | u128::from(*byte))
    }
}

impl Place<'_> {
    /// Keeps the answer for as long as such a one is kept; one that takes too much memory is
    /// not.
    pub(super) fn keep(self, answered: Answered, now: Timestamp) {
        let time = match &answered {
            Answered::Active(token) => {
                let left = token.exp().map(|exp| {
                    let exp = Timestamp::from_seconds(exp);
                    exp.micros_since(now)
                });
                self.keep.min(left.unwrap_or(0))
            }
            Answered::Refused(answer) if answer.len() > MOST_REFUSED => return,
            Answered::Refused(_) => KEEP_REFUSED,
            Answered::Nothing => KEEP_NOTHING,
        };
        if time <= 0 {
            return;
        }
        let until = now.plus_micros(time);
        // A place that was given up meanwhile is not filled: the next request asks.
        self.guard.insert(Entry { answered, until }).ok();
    }
}

/// In microseconds.
const KEEP_REFUSED: i64 = 5_000_000;
/// In microseconds: whoever waited for the same answer need not ask again.
const KEEP_NOTHING: i64 = 1_000_000;
/// In bytes.
const MOST_REFUSED: usize = 2048;
