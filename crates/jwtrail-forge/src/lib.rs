//! One catalogue of good and bad JSON Web Tokens, each with the outcome and reason it must
//! cause.
//!
//! A [`Case`] is a way of presenting a token (or none), with what the service must have
//! ([`Precondition`]) and what it must answer and record ([`Expect`]). A [`Forge`] mints it.
//! The middleware's tests and the scanner's probes use the same catalogue.
//!
//! ```
//! use jwtrail_event::{Reason, Timestamp};
//! use jwtrail_forge::{Forge, find};
//!
//! let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
//! let case = find("SIG-03/nOnE").unwrap();
//! assert_eq!(case.expect.reason, Some(Reason::AlgorithmNotAllowed));
//!
//! let presented = forge.present(case);
//! assert!(presented.authorization()[0].expose().starts_with(b"Bearer "));
//! ```
//!
//! It also mints tokens for your own tests:
//!
//! ```
//! # use jwtrail_event::Timestamp;
//! # use jwtrail_forge::Forge;
//! # let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
//! let token = forge.token().subject("bob").scope("orders:write").expires_in(60).sign();
//! assert_eq!(token.expose().split('.').count(), 3);
//! ```
//!
//! and bad ones, by what is wrong with them ([`Defect`]).
//!
//! For a service that was not made for the tests, [`Forge::like`] takes one of its tokens as the
//! model of all, and [`Forge::try_present`] says what cannot be minted without its key.
//!
//! The keys are embedded and **for tests only**: whoever has this crate can sign with them.
//! There is no I/O and no clock here; ids come from a seed.

mod algorithm;
mod body;
mod case;
mod catalogue;
mod defect;
mod expect;
mod forge;
mod jws;
mod keys;
mod model;
mod pending;
mod precondition;
mod presented;
mod proof;
mod public_key;
mod signer;
mod signing_key;
mod text;
mod token;
mod unforgeable;

pub use algorithm::Algorithm;
pub use case::{Case, Endpoint};
pub use catalogue::{catalogue, find};
pub use defect::Defect;
pub use expect::Expect;
pub use forge::Forge;
pub use model::NotAModel;
pub use pending::PENDING;
pub use precondition::Precondition;
pub use presented::{HeaderValue, Presentation, Presented};
pub use proof::ProofBuilder;
pub use public_key::PublicKey;
pub use signing_key::{SigningKey, UnusableSigningKey};
pub use token::TokenBuilder;
pub use unforgeable::Unforgeable;
