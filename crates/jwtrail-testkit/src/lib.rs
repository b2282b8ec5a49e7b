//! Tests for services that take JSON Web Tokens: mint good and bad tokens, assert on the audit
//! trail that they leave, and find tokens where none may be.
//!
//! A [`Forge`] stands for the issuer: it has keys for RS256, ES256, EdDSA and HS256, a JWKS of
//! the public ones for the verifier under test, good tokens to change, and of each [`Defect`] a
//! bad one. [`CapturedLines`] is where the service's trail is written to; [`RecordPattern`] says
//! which record a test waits for, and when it does not come the failure lists those that did.
//! [`assert_audit_compliance`] looks at the trail as a whole: one valid record for each decision,
//! numbered without gaps, and no token that was sent in any byte that was written.
//!
//! With `jwtrail-actix`, whose trail and verifier go by the clock that they are given:
//!
//! ```
//! use std::sync::Arc;
//!
//! use actix_web::http::StatusCode;
//! use actix_web::{App, HttpResponse, test, web};
//! use jwtrail_actix::verify::KeySet;
//! use jwtrail_actix::{JwtAuth, Trail, WriterSink};
//! use jwtrail_event::{EventName, Timestamp};
//! use jwtrail_testkit::{
//!     CapturedLines, Defect, Forge, RecordPattern, TestClock, assert_audit_compliance,
//! };
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = TestClock::new(Timestamp::from_seconds(1_800_000_000));
//! let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
//!
//! let captured = CapturedLines::new();
//! let trail = Trail::builder("orders-api")
//!     .clock(Arc::new(clock.clone()))
//!     .sink(Box::new(WriterSink::new("captured", captured.clone())))
//!     .start()?;
//! let auth = JwtAuth::builder()
//!     .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks())?)
//!     .audience(forge.audience())
//!     .audit(&trail)
//!     .build()?;
//! let orders = web::get().to(HttpResponse::Ok);
//! let app = test::init_service(App::new().wrap(auth).route("/orders", orders)).await;
//!
//! let mut sent = Vec::new();
//! for defect in [Defect::Expired, Defect::OtherAudience, Defect::AlgorithmNone] {
//!     let token = defect.token(&forge);
//!     let bearer = format!("Bearer {}", token.expose());
//!     let request = test::TestRequest::get().uri("/orders");
//!     let request = request.insert_header(("authorization", bearer)).to_request();
//!     let answer = test::call_service(&app, request).await;
//!     assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{defect}");
//!
//!     let refused = RecordPattern::of(EventName::TokenRejected).because_of(defect);
//!     captured.assert_recorded(&refused);
//!     sent.push(token);
//! }
//! trail.stop().await;
//! assert_audit_compliance(&captured.bytes(), &sent, 3);
//! # Ok(())
//! # }
//! ```
//!
//! The keys are public, in this crate: **for tests only**. What it does not do: talk to a running
//! service and read its logs, which is what `jwtrail scan` is for.
//!
//! # Features
//!
//! - `redis`: [`RedisServer`] and [`RedisCluster`], for tests of state that processes share.

mod ask;
mod captured;
mod clock;
mod compliance;
mod expected;
mod free_address;
mod leak;
mod pattern;
mod recorded;
#[cfg(feature = "redis")]
mod redis_cluster;
#[cfg(feature = "redis")]
mod redis_server;

pub use ask::{NeverSo, ask_until};
pub use captured::{CapturedLines, TimedOut};
pub use clock::TestClock;
pub use compliance::{AuditCompliance, Breach, assert_audit_compliance};
pub use expected::{Mismatch, assert_expected, compare};
pub use free_address::free_address;
/// What mints the tokens.
pub use jwtrail_forge::{Algorithm, Case, Defect, Forge, TokenBuilder, catalogue};
pub use leak::{Leak, LeakForm, find_leaks};
pub use pattern::RecordPattern;
pub use recorded::{CapturedRecord, NotRecorded};
#[cfg(feature = "redis")]
pub use redis_cluster::RedisCluster;
#[cfg(feature = "redis")]
pub use redis_server::RedisServer;
