//! The crate as a caller sees it: over files and real sockets.

#![expect(clippy::unwrap_used, reason = "what helps a test may fail it")]

mod file_source;
mod monitor_source;
mod otlp_ours;
mod otlp_source;
mod piped_sources;
mod reports;
mod samples;
mod until;
