//! Issuing, rotating and revoking tokens, with reuse detection.
//!
//! [`Sessions`] mints access tokens (JWTs of type `at+jwt`, RFC 9068) and opaque refresh tokens,
//! rotates the latter by one compare-and-swap, and revokes a whole family when an old one comes
//! again (RFC 9700 section 4.14). What it knows of each step comes back as facts, from which the
//! caller writes the audit events.
//!
//! [`Limits`] says how much a client may ask for, before and after its token is verified.
//!
//! It knows no web framework and no sink, and reads no clock: the present moment is an argument.
//! What outlives a request is behind the [`State`] trait; [`MemoryState`] keeps it in this
//! process, `RedisState` for all that share a Redis, like `RedisLimits` what they may ask for.
//! Which DPoP proofs were used is behind [`ProofStore`]: [`MemoryProofs`], or `RedisProofs`.
//!
//! ```
//! use futures_util::FutureExt as _;
//! use jwtrail_event::Timestamp;
//! use jwtrail_session::{Grant, RefreshKind, Sessions, SigningKey};
//!
//! let key = SigningKey::hs256(b"an example of a secret of 32 byte")?;
//! let sessions = Sessions::builder(key, "k1")
//!     .issuer("https://login.example")
//!     .audience("orders-api")
//!     .refresh_key([7; 32])
//!     .build()?;
//!
//! let now = Timestamp::from_seconds(1_700_000_000);
//! let grant = Grant::new("user-7", "web").scope("orders:read");
//! // The memory state answers at once, so no runtime is needed here.
//! let issued = sessions.issue(grant, now).now_or_never().ok_or("pending")??;
//! let refreshed = sessions
//!     .refresh(issued.refresh_token.expose(), "web", now)
//!     .now_or_never()
//!     .ok_or("pending")??;
//! assert_eq!(refreshed.kind, RefreshKind::Rotated);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! - `redis`: `Redis`, `RedisState`, `RedisLimits` and `RedisProofs`.
//! - `redis-tls`: addresses of Redis with TLS. Certificates are checked against the roots of the
//!   system, or those of the file that `SSL_CERT_FILE` names.

mod access;
mod answer;
mod builder;
mod error;
mod family;
mod grant;
mod keyed;
mod limits;
#[cfg(feature = "redis")]
mod redis;
mod refresh;
mod refresh_token;
mod sessions;
mod signing;
mod state;

#[cfg(feature = "redis")]
pub use self::redis::{
    Redis, RedisBuilder, RedisCause, RedisFailure, RedisLimits, RedisProofs, RedisState,
    UnusableRedis,
};
pub use access::{Access, AccessClaims, Issued};
pub use answer::Answer;
pub use builder::{SessionsBuilder, UnusableSessions};
pub use error::{CheckFailure, SessionError, StateError};
pub use family::{Family, FamilyId, FamilyPlace};
pub use grant::{Grant, UnusableGrant};
pub use limits::{
    Admission, Charge, Limit, Limited, Limits, LimitsBuilder, NotAdmitted, Over, Quota,
    SharedLimits, Sharing, UnusableLimits, WhenDown,
};
pub use refresh::{KnownFamily, RefreshKind, RefreshRefusal, Refreshed};
pub use sessions::{Revoked, Sessions};
pub use signing::{SigningKey, UnusableKey, UnusableKeySet};
pub use state::{
    Advance, MemoryProofs, MemoryState, ProofId, ProofStore, ProofUse, Revocation, State, Swap,
    TokenId, TokenIdentity,
};
