use jwtrail_event::Timestamp;

/// A bucket of tokens that fills at a steady rate.
#[derive(Debug)]
pub(crate) struct Quota {
    per_second: u32,
    burst: u32,
    /// In millionths of a token.
    held: u64,
    filled_at: Timestamp,
}

impl Quota {
    pub(crate) const fn new(per_second: u32, burst: u32, now: Timestamp) -> Self {
        Self {
            per_second,
            burst,
            held: burst as u64 * MILLION,
            filled_at: now,
        }
    }

    /// Whether it is as if nobody had taken anything.
    pub(crate) fn is_full(&mut self, now: Timestamp) -> bool {
        self.take(0, now).is_ok() && self.held == u64::from(self.burst) * MILLION
    }

    /// Takes so many tokens, or says in how many seconds they may be there.
    pub(crate) fn take(&mut self, tokens: u64, now: Timestamp) -> Result<(), u64> {
        let micros = now.micros_since(self.filled_at).max(0).unsigned_abs();
        // A token a second is a millionth of one a microsecond.
        let gained = micros.saturating_mul(u64::from(self.per_second));
        let most = u64::from(self.burst) * MILLION;
        self.held = self.held.saturating_add(gained).min(most);
        // A clock that went back must not fill the bucket twice.
        self.filled_at = self.filled_at.max(now);
        // What is larger than the bucket passes when the bucket is full.
        let wanted = tokens.saturating_mul(MILLION).min(most);
        if let Some(left) = self.held.checked_sub(wanted) {
            self.held = left;
            return Ok(());
        }
        let missing = wanted - self.held;
        let rate = u64::from(self.per_second.max(1)) * MILLION;
        Err(missing.div_ceil(rate).max(1))
    }
}

const MILLION: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let at = Timestamp::from_millis;
        let mut quota = Quota::new(10, 100, at(0));
        assert_eq!(quota.take(100, at(0)), Ok(()));
        assert_eq!(quota.take(1, at(0)), Err(1));
        assert_eq!(quota.take(50, at(0)), Err(5));
        assert_eq!(quota.take(1, at(100)), Ok(()));
        assert_eq!(quota.take(1, at(100)), Err(1));
        assert_eq!(quota.take(100, at(60_000)), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let at = Timestamp::from_millis;
        let mut quota = Quota::new(10, 10, at(10_000));
        assert_eq!(quota.take(10, at(10_000)), Ok(()));
        assert_eq!(quota.take(1, at(0)), Err(1));
        assert_eq!(quota.take(1, at(10_000)), Err(1));
        assert_eq!(quota.take(1, at(10_100)), Ok(()));
    }

    #[test]
    fn more_than_the_bucket_holds_passes_when_it_is_full() {
        let at = Timestamp::from_millis;
        let mut quota = Quota::new(1, 10, at(0));
        assert_eq!(quota.take(1_000, at(0)), Ok(()));
        assert_eq!(quota.take(1_000, at(9_000)), Err(1));
        assert_eq!(quota.take(1_000, at(10_000)), Ok(()));
    }
}
