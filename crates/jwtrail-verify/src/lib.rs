//! Strict verification of JSON Web Tokens: steps, keys, policies, the verified-token cache.
//!
//! A [`Verifier`] takes a token through the steps `parse`, `header`, `key`, `signature` and
//! `claims`, in this order, and says for each what it found. A token that fails is a
//! [`Rejection`] that carries what can be said of it and how far it can be believed, ready for
//! the audit event. A [`Requirement`] is then held against the token's [`ScopeSet`].
//!
//! Keys are bound to an issuer and to one algorithm. They come from the configuration or from a
//! key set that the caller fetched; a token never brings or names its own.
//!
//! This crate knows no web framework, fetches nothing, logs nothing, reads no clock and draws no
//! randomness: time is passed in with each token, and the [`Seed`] when the verifier is built.
//!
//! A token that is bound to a key or a certificate says so in its [`Confirmation`]; a
//! [`DpopPolicy`] checks the proof (RFC 9449). That a proof comes once only, revocation and
//! limits are other crates' steps.
//!
//! ```
//! use jwtrail_event::{Reason, Timestamp};
//! use jwtrail_verify::{Algorithm, Key, KeySet, Seed, Verifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = Key::hmac(Algorithm::Hs256, b"an example's secret of 32+ bytes", Some("k1"))?;
//! let verifier = Verifier::builder()
//!     .issuer("https://login.example", KeySet::new(vec![key])?)
//!     .audience("orders-api")
//!     .build(Seed::new([7; 32]))?; // 32 random bytes
//!
//! let rejection = verifier.verify("a.b", Timestamp::from_seconds(0)).unwrap_err();
//! assert_eq!(rejection.reason(), Reason::MalformedToken);
//! # Ok(())
//! # }
//! ```

mod algorithm;
mod base64url;
mod builder;
mod cache;
mod claims;
mod confirmation;
mod discovery;
mod dpop;
mod header;
mod http_uri;
mod json;
mod jwk;
mod jws;
mod key;
mod key_set;
mod keys;
mod known_headers;
mod policy;
mod rejection;
mod requirement;
mod scope;
mod scope_classes;
mod seed;
mod signed_token;
mod texts;
mod thumbprint;
mod token;
mod token_hashes;
mod verifier;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use builder::{BuildError, HasAudience, NoAudience, VerifierBuilder};
pub use confirmation::Confirmation;
pub use discovery::{Discovery, DiscoveryError};
pub use dpop::{DpopError, DpopNonces, DpopPolicy, DpopProof, DpopRequest, UnusableDpopPolicy};
pub use http_uri::{HttpUri, UnusableUri};
pub use jws::verify_jws;
pub use key::{Key, KeyError};
pub use key_set::{KeySet, KeySetError, SkippedKey};
pub use keys::UnknownIssuer;
pub use policy::Profile;
pub use rejection::Rejection;
pub use requirement::{Requirement, scope};
pub use scope::ScopeSet;
pub use seed::Seed;
pub use thumbprint::Thumbprint;
pub use token::{ClaimsError, Verified, VerifiedToken};
pub use token_hashes::{AlreadyHashed, ClearTokens, TokenHashes};
pub use verifier::Verifier;
