//! Strict JWT protection for actix-web that leaves one audit event for every decision.

mod auth;
mod client_address;
mod clock;
mod correlation;
mod internal_events;
#[cfg(feature = "outbound")]
mod outbound;
mod random;
mod request_facts;
mod session_api;
mod trail;

pub use auth::{
    AccessToken, AccessTokenError, AnyClaims, IntoRequirement, JwtAuth, JwtAuthBuilder,
    JwtAuthError, ProtectBuilder, ProtectedService, RequireScope,
};
pub use client_address::ForwardedHeader;
pub use clock::SystemClock;
pub use correlation::Correlation;
/// Keys, policies and requirements, for those who protect routes and need nothing else of it.
pub use jwtrail_verify as verify;
#[cfg(feature = "outbound")]
pub use outbound::{Outbound, OutboundAnswer, OutboundBuilder, OutboundError, OutboundRequest};
pub use session_api::SessionApi;
#[cfg(feature = "outbound")]
pub use trail::MonitorSink;
pub use trail::{
    Batch, Drops, FileSink, Sink, SinkError, Trail, TrailBuilder, TrailError, WriterSink,
};
