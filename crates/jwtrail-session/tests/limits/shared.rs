//! Limits behind a store that is away for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use jwtrail_session::{
    Admission, Answer, Charge, Limits, LimitsBuilder, NotAdmitted, Over, Quota, SharedLimits,
    Sharing, StateError, UnusableLimits, WhenDown,
};

use crate::support::{Issuer, at};

/// Charges nobody.
#[derive(Debug, Default)]
struct Store {
    away: AtomicBool,
}

impl SharedLimits for Store {
    fn charge(&self, _: Vec<Charge>) -> Answer<'_, Result<Option<Over>, StateError>> {
        Answer::Ready(match self.away.load(Ordering::Relaxed) {
            true => Err(StateError::Unavailable("away".into())),
            false => Ok(None),
        })
    }
}

fn one_at_once() -> LimitsBuilder {
    Limits::builder().per_subject(Quota::per_hour(1))
}

fn admit(limits: &Limits, issuer: &Issuer, when_down: WhenDown) -> Admission {
    let token = issuer.token("alice", "orders:read");
    let answer = limits.admit(&token, || "/orders", when_down, at(0));
    answer.into_future().now_or_never().unwrap()
}

#[test]
fn what_is_counted_locally_meanwhile_is_told_when_it_begins_and_when_it_ends() {
    let store = Arc::new(Store::default());
    let limits = one_at_once().shared(Arc::clone(&store) as _, [5; 32]);
    let (limits, issuer) = (limits.build().unwrap(), Issuer::new());
    for (away, turned, admitted) in [
        (false, None, true),
        (true, Some(Sharing::Lost), true),
        // Over the limit of this process.
        (true, None, false),
        (false, Some(Sharing::Restored), true),
        (false, None, true),
    ] {
        store.away.store(away, Ordering::Relaxed);
        let admission = admit(&limits, &issuer, WhenDown::CountLocally);
        assert_eq!(admission.turned, turned);
        assert_eq!(admission.verdict.is_ok(), admitted);
    }
    assert_eq!(limits.untracked(), 0);
}

#[test]
fn a_store_that_is_away_admits_nobody_unless_told_otherwise() {
    let store = Arc::new(Store::default());
    store.away.store(true, Ordering::Relaxed);
    let limits = one_at_once().shared(store, [5; 32]).build().unwrap();
    let admission = admit(&limits, &Issuer::new(), WhenDown::Refuse);
    assert_eq!(admission.turned, None);
    assert!(matches!(
        admission.verdict,
        Err(NotAdmitted::Unavailable(_))
    ));
}

#[test]
fn a_shared_key_of_zeros_is_refused_and_no_other() {
    let build = |key| {
        one_at_once()
            .shared(Arc::new(Store::default()), key)
            .build()
    };
    assert_eq!(build([0; 32]).unwrap_err(), UnusableLimits::SharedKey);
    let mut nearly = [0; 32];
    nearly[31] = 1;
    assert!(build(nearly).is_ok());
}
