//! The crate as a service sees it: over files and real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what helps a test may fail it"
)]

mod capture;
mod full_queue;
mod monitor_sink;
mod monitor_stub;
mod recorder;
