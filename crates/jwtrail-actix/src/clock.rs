use std::time::Duration;

use jwtrail_event::{Clock, Timestamp};

/// The machine's clock, for production.
///
/// ```
/// use jwtrail_actix::SystemClock;
/// use jwtrail_event::Clock as _;
/// assert!(SystemClock.now().as_seconds() > 0);
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a unit that callers name as a value"
)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of the product that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        let now = std::time::SystemTime::now();
        let micros = match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => micros_of(since),
            Err(before) => -micros_of(before.duration()),
        };
        Timestamp::from_micros(micros)
    }
}

/// Without arithmetic on 128 bits, which would be most of what this costs.
fn micros_of(duration: Duration) -> i64 {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    let micros = seconds.saturating_mul(1_000_000);
    micros.saturating_add(i64::from(duration.subsec_micros()))
}
