use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jwtrail_event::Timestamp;

use super::key::{Key, KeyHash};
use super::quota::Wait;
use super::{Admission, Limited, Meter, NotAdmitted, Sharing, WhenDown, charge_all};
use crate::{Answer, StateError};

/// Where what keys owe is kept for several processes together, by the generic cell rate
/// algorithm: `RedisLimits` is one, behind the feature `redis`.
///
/// ```
/// use jwtrail_session::{Answer, Charge, Over, SharedLimits, StateError};
///
/// /// Lets everything pass.
/// #[derive(Debug)]
/// struct Unlimited;
///
/// impl SharedLimits for Unlimited {
///     fn charge(&self, _: Vec<Charge>) -> Answer<'_, Result<Option<Over>, StateError>> {
///         Answer::Ready(Ok(None))
///     }
/// }
/// ```
pub trait SharedLimits: fmt::Debug + Send + Sync {
    /// Whether a password goes to it where anybody on the way can read it, as somebody wanted it:
    /// whoever uses it tells of that in the trail.
    fn is_plaintext(&self) -> bool {
        false
    }

    /// Charges all of them, or none and gives the first that is over. The present moment is
    /// the store's own, so that processes whose clocks differ share one limit.
    fn charge(&self, charges: Vec<Charge>) -> Answer<'_, Result<Option<Over>, StateError>>;
}

/// One charge of one key.
///
/// ```
/// use jwtrail_session::Charge;
/// // One a second, and ten at once.
/// let charge = Charge { group: 1, key: 2, interval: 1_000_000, tolerance: 10_000_000 };
/// assert_eq!(charge.tolerance / charge.interval, 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "it is what the algorithm is about"
)]
pub struct Charge {
    /// The same for all charges of a request, so that they can be kept in one place.
    pub group: u128,
    /// The key: a keyed hash of the limit and whom it concerns, never an identity.
    pub key: u128,
    /// What one charge costs, in microseconds.
    pub interval: i64,
    /// How far ahead of the present a key may owe, in microseconds.
    pub tolerance: i64,
}

/// A charge that was refused.
///
/// ```
/// use jwtrail_session::Over;
/// let over = Over { index: 0, wait: 1_500_000 };
/// assert_eq!(over.wait.div_euclid(1_000_000), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "which, and how long")]
pub struct Over {
    /// Its place among the charges.
    pub index: usize,
    /// Microseconds until it can be made.
    pub wait: i64,
}

/// The shared limits, and whether they could be asked last time.
pub(super) struct Shared {
    store: Arc<dyn SharedLimits>,
    lost: AtomicBool,
}

type Due<'a> = Vec<(&'a Meter, Key)>;

impl Shared {
    pub(super) fn is_plaintext(&self) -> bool {
        self.store.is_plaintext()
    }

    pub(super) fn new(store: Arc<dyn SharedLimits>) -> Self {
        Self {
            store,
            lost: AtomicBool::new(false),
        }
    }

    pub(super) fn admit<'a>(
        &'a self,
        keys: &KeyHash,
        subject: Key,
        due: Due<'a>,
        when_down: WhenDown,
        now: Timestamp,
    ) -> Answer<'a, Admission> {
        if due.is_empty() {
            return Answer::Ready(Admission::locally(Ok(())));
        }
        let charges = due.iter().map(|(meter, key)| {
            let (interval, tolerance) = meter.table.costs();
            Charge {
                group: subject.bits(),
                key: keys.of_limit(&meter.name, *key).bits(),
                interval,
                tolerance,
            }
        });
        let answer = self.store.charge(charges.collect());
        answer.map(move |answer| self.judge(answer, &due, when_down, now))
    }

    fn judge(
        &self,
        answer: Result<Option<Over>, StateError>,
        due: &Due<'_>,
        when_down: WhenDown,
        now: Timestamp,
    ) -> Admission {
        match answer {
            Ok(over) => Admission {
                verdict: match over.and_then(|over| limited(over, due)) {
                    Some(limited) => Err(NotAdmitted::Limited(limited)),
                    None => Ok(()),
                },
                turned: self.turn(false).then_some(Sharing::Restored),
            },
            Err(error) => match when_down {
                WhenDown::Refuse => Admission {
                    verdict: Err(NotAdmitted::Unavailable(error)),
                    turned: None,
                },
                WhenDown::CountLocally => Admission {
                    turned: self.turn(true).then_some(Sharing::Lost),
                    ..Admission::locally(charge_all(due.iter().copied(), now))
                },
            },
        }
    }

    /// True for the one who changes it.
    fn turn(&self, lost: bool) -> bool {
        self.lost.load(Ordering::Relaxed) != lost && self.lost.swap(lost, Ordering::AcqRel) != lost
    }
}

fn limited(over: Over, due: &Due<'_>) -> Option<Limited> {
    let (meter, _) = due.get(over.index)?;
    Some(Limited::new(meter.limit, meter.quota, Wait(over.wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Never;

    impl SharedLimits for Never {
        fn charge(&self, _: Vec<Charge>) -> Answer<'_, Result<Option<Over>, StateError>> {
            unreachable!("asked for nothing")
        }
    }

    #[test]
    fn each_change_is_told_to_one_request() {
        let shared = Shared::new(Arc::new(Never));
        let told: Vec<bool> = [false, true, true, false, false]
            .into_iter()
            .map(|lost| shared.turn(lost))
            .collect();
        assert_eq!(told, [false, true, false, true, false]);
    }

    #[test]
    fn a_request_under_no_limit_asks_nobody() {
        let shared = Shared::new(Arc::new(Never));
        let now = Timestamp::from_seconds(0);
        let answer = shared.admit(
            &KeyHash::shared(&[1; 32]),
            Key(0, 0),
            Vec::new(),
            WhenDown::Refuse,
            now,
        );
        assert!(matches!(
            answer,
            Answer::Ready(Admission {
                verdict: Ok(()),
                ..
            })
        ));
    }
}
