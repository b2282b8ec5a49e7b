use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jwtrail_event::{Clock, Timestamp};

/// A clock that stands still until it is told otherwise; clones show the same time.
///
/// ```
/// use jwtrail_event::{Clock as _, Timestamp};
/// use jwtrail_testkit::TestClock;
///
/// let clock = TestClock::new(Timestamp::from_seconds(100));
/// let handle = clock.clone();
/// handle.advance_seconds(5);
/// assert_eq!(clock.now(), Timestamp::from_seconds(105));
/// ```
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock that shows this moment.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_micros())))
    }

    /// Shows another moment from now on.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }

    /// Goes on by so many seconds; back, if negative.
    pub fn advance_seconds(&self, seconds: i64) {
        self.advance_micros(seconds.saturating_mul(1_000_000));
    }

    /// Goes on by so many microseconds; back, if negative.
    pub fn advance_micros(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
