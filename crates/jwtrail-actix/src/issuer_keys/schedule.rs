use std::time::Duration;

/// When keys are fetched, and how long they count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// The longest time between two fetches.
    pub(super) refresh: Duration,
    /// For how long keys count that can't be fetched again.
    pub(super) stale: Duration,
    /// The shortest time between two fetches that requests cause.
    pub(super) cooldown: Duration,
}

impl Timing {
    /// How long to wait after a fetch: as long as the issuer says (`max-age`), from a minute to
    /// the configured time; up to a tenth less by chance, so that instances that started together
    /// do not come together.
    pub(super) fn after_success(&self, max_age: Option<Duration>, chance: u8) -> Duration {
        let wait = match max_age {
            Some(age) => age.max(LEAST).min(self.refresh),
            None => self.refresh,
        };
        wait - wait / 10 * u32::from(chance) / 256
    }

    /// How long to wait after so many failures in a row. Without any keys there is nothing that
    /// could be served meanwhile, so the next try is soon.
    pub(super) fn after_failure(&self, failures: u32, has_keys: bool) -> Duration {
        let first = match has_keys {
            true => self.cooldown,
            false => self.cooldown.min(SOON),
        };
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(0);
        match first.checked_mul(doubled) {
            Some(wait) if doubled > 0 => wait.min(self.refresh),
            _ => self.refresh,
        }
    }
}

/// `max-age` out of a `Cache-Control` header (RFC 9111 section 5.2.2.1).
#[cfg(feature = "outbound")]
pub(super) fn max_age(cache_control: &str) -> Option<Duration> {
    cache_control.split(',').find_map(|directive| {
        let (name, seconds) = directive.split_once('=')?;
        let seconds = seconds.trim().trim_matches('"').parse().ok()?;
        let named = name.trim().eq_ignore_ascii_case("max-age");
        named.then(|| Duration::from_secs(seconds))
    })
}

const LEAST: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing {
        refresh: seconds(300),
        stale: seconds(86_400),
        cooldown: seconds(30),
    };

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_issuer_says_how_long_within_bounds() {
        for (max_age, wait) in [
            (None, 300),
            (Some(0), 60),
            (Some(59), 60),
            (Some(61), 61),
            (Some(86_400), 300),
            (Some(u64::MAX), 300),
        ] {
            let found = TIMING.after_success(max_age.map(seconds), 0);
            assert_eq!(found, seconds(wait), "{max_age:?}");
        }
        let often = Timing {
            refresh: seconds(5),
            ..TIMING
        };
        assert_eq!(often.after_success(Some(seconds(0)), 0), seconds(5));
    }

    #[test]
    fn chance_takes_a_tenth_at_most() {
        let shortest = TIMING.after_success(None, u8::MAX);
        assert!(shortest > seconds(270) && shortest < seconds(271));
    }

    #[test]
    fn failures_are_tried_again_ever_later() {
        let waits = |has_keys| {
            [1, 2, 3, 4, 5, 32, 33, u32::MAX].map(|n| TIMING.after_failure(n, has_keys).as_secs())
        };
        assert_eq!(waits(true), [30, 60, 120, 240, 300, 300, 300, 300]);
        assert_eq!(waits(false), [1, 2, 4, 8, 16, 300, 300, 300]);
    }

    #[cfg(feature = "outbound")]
    #[test]
    fn max_age_is_read_as_it_is_written() {
        for (header, expected) in [
            ("max-age=600", Some(600)),
            ("public, Max-Age=600, must-revalidate", Some(600)),
            ("no-transform, max-age=\"600\"", Some(600)),
            ("s-maxage=600", None),
            ("no-store", None),
            ("max-age=", None),
            ("max-age=-1", None),
            ("max-age=99999999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(max_age(header), expected.map(seconds), "{header}");
        }
    }
}
