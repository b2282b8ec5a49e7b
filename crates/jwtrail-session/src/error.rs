use crate::UnusableGrant;

/// Why a token was not issued or revoked.
///
/// ```
/// use jwtrail_session::SessionError;
///
/// fn may_be_tried_again(error: &SessionError) -> bool {
///     matches!(error, SessionError::State(_) | SessionError::JustRevoked { .. })
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// What was to be granted can't be put into a token.
    #[error("the grant can't be put into a token; change what the source names")]
    Grant(#[from] UnusableGrant),
    /// The state did not do it.
    #[error("the session state could not be read or changed, so nothing was granted")]
    State(#[from] StateError),
    /// Everything of the subject was revoked so often in so short a time that a new token could
    /// only be dated further ahead than a verifier takes.
    #[error("the subject's tokens were just revoked, too often; log in again in {seconds} s")]
    JustRevoked {
        /// Until then.
        seconds: i64,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes; see that the process may call `getrandom`")]
    Randomness,
    /// The signature could not be made.
    #[error("the access token could not be signed; try the signing key with another tool")]
    Signing,
    /// The claims could not be written.
    #[error("the access token's claims could not be written as JSON")]
    Claims(#[from] serde_json::Error),
}

/// Why a [`State`](crate::State) did not do what it was asked for.
///
/// ```
/// use jwtrail_session::StateError;
///
/// let down = StateError::Unavailable("connection refused".into());
/// assert!(std::error::Error::source(&down).is_some());
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// There is no room, even after what had expired was dropped.
    #[error("no room for another {what}; raise the capacity, now {capacity}, or shorten lifetimes")]
    Full {
        /// What there is no room for: `family`, `revocation` or `used proof`.
        what: &'static str,
        /// How many there may be.
        capacity: usize,
    },
    /// A family with this id exists already.
    #[error("a family with this id exists already; let the random source be examined")]
    Exists,
    /// The store does not answer.
    #[error("the session store does not answer; see that it runs and can be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a verified token may not be used.
///
/// ```
/// use jwtrail_session::CheckFailure;
///
/// fn status(failure: &CheckFailure) -> u16 {
///     match failure {
///         CheckFailure::Revoked => 401,
///         _ => 503, // fail closed
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckFailure {
    /// The token, its family or its subject was revoked.
    #[error("the token was revoked")]
    Revoked,
    /// The state does not answer: fail closed.
    #[error("whether the token was revoked can't be found out, so it is refused")]
    Unavailable(#[from] StateError),
}
