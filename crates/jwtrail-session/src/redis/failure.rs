use std::fmt;
use std::time::Duration;

use redis::RedisError;

/// Why Redis did not do what it was asked for: the source of
/// [`StateError::Unavailable`](crate::StateError::Unavailable).
///
/// ```
/// use std::time::Duration;
/// use jwtrail_session::RedisFailure;
/// let late = RedisFailure::Deadline { deadline: Duration::from_millis(500) };
/// assert_eq!(late.to_string(), "redis did not answer within 500ms");
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisFailure {
    /// There is no connection, and the last attempt to make one failed.
    #[error("redis can't be reached: {0}")]
    Unreachable(RedisCause),
    /// It took too long.
    #[error("redis did not answer within {deadline:?}")]
    Deadline {
        /// How long it may take.
        deadline: Duration,
    },
    /// It answered with an error, or the connection broke.
    #[error("redis did not do it: {0}")]
    Refused(RedisCause),
    /// It answered something else than it does.
    #[error("redis answered what it never does; see that nobody else writes under this prefix")]
    Unexpected,
    /// The thread that keeps the connection has ended.
    #[error("the thread that keeps the connection to redis has ended")]
    Stopped,
}

impl RedisFailure {
    pub(super) fn refused(error: &RedisError) -> Self {
        Self::Refused(RedisCause::of(error))
    }
}

/// What is known of an error of Redis: its kind and code, and not its text, which may repeat
/// what was sent, a password included.
///
/// ```
/// use jwtrail_session::RedisFailure;
///
/// fn cause(failure: &RedisFailure) -> Option<String> {
///     match failure {
///         RedisFailure::Unreachable(cause) | RedisFailure::Refused(cause) => Some(cause.to_string()),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RedisCause(String);

impl RedisCause {
    pub(super) fn of(error: &RedisError) -> Self {
        if error.is_io_error() {
            return Self(error.to_string());
        }
        Self(match error.code() {
            Some(code) => format!("{} ({code})", error.category()),
            None => error.category().to_owned(),
        })
    }

    pub(super) fn late(deadline: Duration) -> Self {
        Self(format!("no connection within {deadline:?}"))
    }
}

impl fmt::Display for RedisCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RedisCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use redis::{ErrorKind, RedisError};

    use super::*;

    #[test]
    fn what_redis_says_is_not_repeated() {
        let error = RedisError::from((
            ErrorKind::AuthenticationFailed,
            "unknown command 'AUTH', with args beginning with:",
            "'hunter2'".to_owned(),
        ));
        let failure = RedisFailure::refused(&error);
        for text in [failure.to_string(), format!("{failure:?}")] {
            assert!(
                !text.contains("hunter2") && !text.contains("AUTH"),
                "{text}"
            );
            assert!(text.contains("auth"), "{text}");
        }
    }
}
