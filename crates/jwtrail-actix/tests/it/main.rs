//! The crate as a service sees it: over files and real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test may fail it"
)]

mod addresses;
mod answers;
mod authorization;
mod binding;
mod building;
mod capture;
mod catalogue;
mod client;
#[cfg(feature = "otlp")]
mod collector_stub;
mod exits;
mod full_queue;
mod guarantees;
mod hostile;
mod introspection;
mod issuer_keys;
mod issuer_stub;
#[cfg(unix)]
mod killed;
mod layers;
mod limits;
mod list_stub;
mod load;
mod logs;
mod metrics;
mod monitor_sink;
mod monitor_stub;
mod observe_only;
#[cfg(feature = "otlp")]
mod otlp_metrics;
#[cfg(feature = "otlp")]
mod otlp_sink;
#[cfg(feature = "otlp")]
mod outage;
mod outbound;
mod peer_flaws;
#[cfg(feature = "otlp-grpc")]
mod plain_http;
mod preflight;
#[cfg(all(feature = "awc", feature = "reqwest"))]
mod propagation;
mod pseudonyms;
mod quarantine;
mod recorder;
#[cfg(feature = "redis")]
mod redis;
mod revocation_endpoint;
mod routes;
mod scope_class;
mod server;
mod session_flow;
mod several_sinks;
mod sources;
mod states;
mod stores_down;
mod stub_server;
