use crate::UnusableGrant;

/// Why a token was not issued or revoked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// What was to be granted can't be put into a token.
    #[error("the grant can't be put into a token")]
    Grant(#[from] UnusableGrant),
    /// The state did not do it.
    #[error("the session state did not do it")]
    State(#[from] StateError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
    /// The signature could not be made.
    #[error("the access token could not be signed")]
    Signing,
    /// The claims could not be written.
    #[error("the claims could not be written")]
    Claims(#[from] serde_json::Error),
}

/// Why a [`State`](crate::State) did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// There is no room, even after what had expired was dropped.
    #[error("no room for another {what}; raise the capacity, now {capacity}, or shorten lifetimes")]
    Full {
        /// What there is no room for: `family` or `revocation`.
        what: &'static str,
        /// How many there may be.
        capacity: usize,
    },
    /// A family with this id exists already.
    #[error("a family with this id exists already")]
    Exists,
    /// The store does not answer.
    #[error("the session store does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a verified token may not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckFailure {
    /// The token, its family or its subject was revoked.
    #[error("the token was revoked")]
    Revoked,
    /// The state does not answer: fail closed.
    #[error("whether the token was revoked can't be found out")]
    Unavailable(#[from] StateError),
}
