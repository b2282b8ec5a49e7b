/// So many in a period, and how many of them may come at once.
///
/// ```
/// use jwtrail_session::Quota;
/// let quota = Quota::per_minute(600).burst(50);
/// assert_eq!((quota.count(), quota.seconds()), (600, 60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    count: u32,
    seconds: u32,
    burst: u32,
}

impl Quota {
    /// So many in a second, all of which may come at once.
    #[must_use]
    pub const fn per_second(count: u32) -> Self {
        Self::new(count, 1)
    }

    /// So many in a minute, all of which may come at once.
    #[must_use]
    pub const fn per_minute(count: u32) -> Self {
        Self::new(count, 60)
    }

    /// So many in an hour, all of which may come at once.
    #[must_use]
    pub const fn per_hour(count: u32) -> Self {
        Self::new(count, 3_600)
    }

    /// With so many at once.
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = burst;
        self
    }

    /// How many in the period.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// The period, in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    const fn new(count: u32, seconds: u32) -> Self {
        Self {
            count,
            seconds,
            burst: count,
        }
    }

    fn period(self) -> i64 {
        i64::from(self.seconds) * MICROS
    }

    /// At least one at all, one at once, and no more than one in a microsecond.
    pub(super) fn is_usable(self) -> bool {
        self.count > 0 && self.burst > 0 && i64::from(self.count) <= self.period()
    }
}

/// The generic cell rate algorithm: what a key owes is one moment, up to which it has used what
/// it may. Moments are in microseconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gcra {
    /// What one charge costs.
    interval: i64,
    /// How far ahead of the present a key may owe.
    tolerance: i64,
}

impl Gcra {
    pub(super) fn new(quota: Quota) -> Self {
        // Rounded up, so that the quota is never exceeded.
        let count = i64::from(quota.count.max(1));
        let interval = (quota.period() + count - 1) / count;
        Self {
            interval,
            tolerance: interval.saturating_mul(i64::from(quota.burst)),
        }
    }

    /// What one charge costs, and how far ahead of the present a key may owe.
    pub(super) fn costs(self) -> (i64, i64) {
        (self.interval, self.tolerance)
    }

    /// What a key owes after one more, or how long it has to wait before.
    pub(super) fn charge(self, due: i64, now: i64) -> Result<i64, Wait> {
        let latest = now.saturating_add(self.tolerance);
        // Nobody can owe more: the clock was set back. That must not close a key for as long as
        // the clock was wrong, so it has used up all but one.
        let due = match due > latest {
            true => latest.saturating_sub(self.interval),
            false => due,
        };
        let next = due.max(now).saturating_add(self.interval);
        match next.saturating_sub(latest) {
            wait @ 1.. => Err(Wait(wait)),
            _ => Ok(next),
        }
    }

    /// Up to when a key that owes this much may not be charged.
    pub(super) fn closed_until(self, due: i64) -> i64 {
        due.saturating_add(self.interval)
            .saturating_sub(self.tolerance)
    }

    pub(super) fn refund(self, due: i64) -> i64 {
        due.saturating_sub(self.interval)
    }
}

/// Microseconds until a key may be charged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait(pub(super) i64);

pub(super) const MICROS: i64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_for_each_interval() {
        let gcra = Gcra::new(Quota::per_minute(60).burst(3));
        let mut due = i64::MIN;
        for _ in 0..3 {
            due = gcra.charge(due, 0).unwrap();
        }
        assert_eq!(gcra.charge(due, 0), Err(Wait(MICROS)));
        assert_eq!(gcra.charge(due, MICROS - 1), Err(Wait(1)));
        assert_eq!(gcra.closed_until(due), MICROS);
        due = gcra.charge(due, MICROS).unwrap();
        assert_eq!(gcra.charge(due, MICROS), Err(Wait(MICROS)));
    }

    #[test]
    fn a_count_that_does_not_divide_the_period_is_not_exceeded() {
        let gcra = Gcra::new(Quota::per_second(7).burst(1));
        let (mut due, mut passed) = (i64::MIN, 0);
        for now in 0..MICROS {
            if let Ok(next) = gcra.charge(due, now) {
                (due, passed) = (next, passed + 1);
            }
        }
        assert_eq!(passed, 7);
    }

    #[test]
    fn a_store_that_counts_for_us_is_told_the_interval_and_the_burst() {
        let gcra = Gcra::new(Quota::per_minute(60).burst(3));
        assert_eq!(gcra.costs(), (MICROS, 3 * MICROS));
    }

    #[test]
    fn a_clock_that_was_set_back_closes_nobody_for_longer_than_the_burst() {
        let gcra = Gcra::new(Quota::per_minute(60).burst(3));
        let due = gcra.charge(i64::MIN, 3_600 * MICROS).unwrap();
        let due = gcra.charge(due, 0).unwrap();
        assert_eq!(gcra.charge(due, 0), Err(Wait(MICROS)));
        assert!(gcra.charge(due, MICROS).is_ok());
    }

    #[test]
    fn a_quota_says_what_it_is() {
        for (quota, seconds) in [
            (Quota::per_second(7), 1),
            (Quota::per_minute(7), 60),
            (Quota::per_hour(7), 3_600),
        ] {
            assert_eq!((quota.count(), quota.seconds()), (7, seconds));
        }
    }

    #[test]
    fn quotas_of_nothing_and_of_too_much_are_unusable() {
        for quota in [
            Quota::per_second(0),
            Quota::per_second(0).burst(1),
            Quota::per_second(1).burst(0),
            Quota::per_second(1_000_001),
        ] {
            assert!(!quota.is_usable(), "{quota:?}");
        }
        assert!(Quota::per_second(1_000_000).is_usable());
        assert!(Quota::per_hour(1).is_usable());
    }
}
