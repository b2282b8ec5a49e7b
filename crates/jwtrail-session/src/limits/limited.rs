use super::Quota;
use super::quota::{MICROS, Wait};

/// A limit refused, and when it is worth to come again.
///
/// It says nothing about who was limited: that is in the audit event only.
///
/// ```
/// use jwtrail_session::Limited;
///
/// fn retry_after(limited: &Limited) -> (&'static str, String) {
///     ("Retry-After", limited.retry_after.to_string())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limited {
    /// Which limit.
    pub limit: Limit,
    /// What it allows.
    pub quota: Quota,
    /// Whole seconds until it lets one more pass, at least 1.
    pub retry_after: u64,
}

impl Limited {
    pub(super) fn new(limit: Limit, quota: Quota, Wait(wait): Wait) -> Self {
        let seconds = wait.max(1).saturating_add(MICROS - 1) / MICROS;
        Self {
            limit,
            quota,
            retry_after: seconds.unsigned_abs(),
        }
    }
}

/// What is limited.
///
/// ```
/// use jwtrail_session::Limit;
/// assert_eq!(Limit::ScopeClass.as_str(), "scope-class");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Tokens that failed, of one client address.
    Failures,
    /// Failures of one token.
    TokenFailures,
    /// Requests of one subject.
    Subject,
    /// Requests with one token.
    Token,
    /// Requests of one subject with tokens of a class of scopes.
    ScopeClass,
    /// Requests of one subject to a route.
    Route,
    /// Refreshes of one subject.
    Refreshes,
}

impl Limit {
    /// Its name, as clients see it in `RateLimit`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failures => "failures",
            Self::TokenFailures => "token-failures",
            Self::Subject => "subject",
            Self::Token => "token",
            Self::ScopeClass => "scope-class",
            Self::Route => "route",
            Self::Refreshes => "refreshes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_whole_seconds_and_never_none() {
        for (wait, seconds) in [(1, 1), (MICROS, 1), (MICROS + 1, 2), (90 * MICROS, 90)] {
            let limited = Limited::new(Limit::Subject, Quota::per_minute(1), Wait(wait));
            assert_eq!(limited.retry_after, seconds, "{wait}");
        }
    }

    #[test]
    fn clients_see_which_limit_it_is() {
        assert_eq!(Limit::ScopeClass.as_str(), "scope-class");
        assert_eq!(Limit::Refreshes.as_str(), "refreshes");
    }
}
