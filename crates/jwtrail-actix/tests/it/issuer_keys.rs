//! Issuers whose keys are fetched: over real sockets, with a clock of the test's own.

mod discovery;
mod file;
mod flaws;
mod foreign;
mod issuer;
mod outage;
mod protected;
mod rotation;

pub(crate) use protected::client;
