//! Scans of services that really run.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a helper cannot do fails the test"
)]

mod alerts;
mod bare;
mod keys;
mod leaks;
mod oauth;
mod observing;
mod outage;
mod protected;
mod sloppy;
mod sources;
mod support;
mod terminal;
mod whole;
