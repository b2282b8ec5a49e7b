//! Strict JWT protection for actix-web that leaves one audit event for every decision.
//!
//! - [`Trail`] records events and gets them to a file, the monitor, a collector of OpenTelemetry
//!   or a [`Sink`] of your own, without ever slowing a request.
//! - [`JwtAuth`] protects routes: `.wrap(auth.clone())`, `.wrap(auth.require("orders:admin"))`,
//!   a handler argument [`AccessToken<MyClaims>`](AccessToken). Each protected request leaves
//!   exactly one decision record, also when the handler panics, the client goes away or the
//!   deadline passes.
//!   A handler asks for more with [`AccessToken::require`] and
//!   [`AccessToken::authorize_object`].
//!   [`QuarantineList`] refuses what a monitor's operators have put under quarantine or revoked.
//!   Clients whose tokens fail too often are slowed down; see [`JwtAuthBuilder::limits`].
//!   Keys come from the configuration, or are fetched from the issuer and kept fresh; see
//!   [`KeySource`].
//! - [`SessionApi`] issues, refreshes and revokes tokens and records what came of it.
//! - [`Metrics`] answers with what was counted, for Prometheus; `OtlpMetrics` sends it to a
//!   collector of OpenTelemetry.
//! - [`Correlation`] carries the request id and the trace into handlers, tasks and outgoing calls,
//!   [`correlate`] onto the application's own `tracing` spans.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use jwtrail_actix::{AccessToken, JwtAuth, Trail};
//! use jwtrail_verify::KeySet;
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let keys = KeySet::from_jwks(std::fs::read("jwks.json")?)?;
//! let trail = Trail::builder("orders-api").file("audit.ndjson").start()?;
//! let auth = JwtAuth::builder()
//!     .issuer("https://login.example", keys)
//!     .audience("orders-api")
//!     .audit(&trail)
//!     .build()?;
//! HttpServer::new(move || App::new().wrap(auth.clone()).route("/", web::get().to(hello)))
//!     .bind("127.0.0.1:8080")?
//!     .run()
//!     .await?;
//! trail.stop().await;
//! # Ok(())
//! # }
//! async fn hello(token: AccessToken) -> String {
//!     format!("hello {}", token.subject())
//! }
//! ```
//!
//! What it does not see: requests that actix's parser refuses (400, 408, 431) reach no
//! middleware. A client that only ends its sending side is half-closed, in which actix-web goes
//! on by default; `HttpServer::h1_allow_half_closed(false)` treats it as gone. A process must
//! not be built with `panic = "abort"`: a panic would take its last records with it.
//!
//! # Features
//!
//! - `outbound` (default): [`Outbound`], the HTTP client, with it the [`MonitorSink`], keys from a
//!   URL or by discovery, [`Introspection`] and [`QuarantineList::from_monitor`].
//! - `otlp`: [`OtlpSink`] and [`OtlpMetrics`], which send to collectors of OpenTelemetry over HTTP.
//! - `otlp-grpc`: the same over gRPC.
//! - `reqwest`, `awc`: [`Correlated`] for the requests of these clients.
//! - `openapi`: `OpenApiProtection`, which puts required scopes and refusals into a document of
//!   utoipa.
//! - `redis`, `redis-tls`: the same of `jwtrail-session`, whose `Redis` several processes share.

mod auth;
mod client_address;
mod clock;
mod correlation;
mod internal_events;
mod issuer_keys;
mod metrics;
#[cfg(feature = "openapi")]
mod openapi;
#[cfg(feature = "outbound")]
mod outbound;
mod quarantine;
mod random;
mod request_facts;
mod session_api;
mod told;
mod trail;

#[cfg(feature = "outbound")]
pub use auth::Introspection;
pub use auth::{
    AccessDenied, AccessToken, AccessTokenError, AnyClaims, ClientCertificate, Dpop,
    IntoRequirement, JwtAuth, JwtAuthBuilder, JwtAuthError, ProtectBuilder, ProtectedFuture,
    ProtectedService, RequireScope,
};
pub use client_address::ForwardedHeader;
pub use clock::SystemClock;
pub use correlation::{Correlated, Correlation, correlate};
pub use issuer_keys::{KeySource, KeySourceError};
/// What credentials are given as, to a monitor or an issuer.
pub use jwtrail_event::SecretToken;
/// Keys, policies and requirements, for those who protect routes and need nothing else of it.
pub use jwtrail_verify as verify;
pub use jwtrail_verify::{Requirement, scope};
pub use metrics::{Metrics, MetricsText};
#[cfg(feature = "otlp")]
pub use metrics::{OtlpMetrics, OtlpMetricsError, OtlpMetricsExport};
#[cfg(feature = "openapi")]
pub use openapi::{NotDescribed, OpenApiProtection};
#[cfg(feature = "outbound")]
pub use outbound::{Outbound, OutboundAnswer, OutboundBuilder, OutboundError, OutboundRequest};
pub use quarantine::QuarantineList;
#[cfg(feature = "outbound")]
pub use quarantine::{QuarantineError, QuarantineSource};
pub use session_api::{ClientCredentials, ClientRefusal, Clients, SessionApi};
#[cfg(feature = "outbound")]
pub use trail::MonitorSink;
#[cfg(feature = "otlp")]
pub use trail::OtlpSink;
pub use trail::{
    Backlog, BacklogGauge, Batch, Drops, FileSink, Sink, SinkError, Trail, TrailBuilder,
    TrailError, WriterSink,
};
