//! The scanner: whether a service, in any language, refuses bad tokens, and whether its operator
//! could have seen it.
//!
//! [`spec`] reads what the service says about itself, a [`LogSource`] what it writes down. A
//! [`CheckId`] is one thing that is checked, a [`ScanReport`] what came of all of them.
//! [`sources`] are the log sources that there are, [`logs`] the formats that they read,
//! [`reading`] what their records mean, [`leaks`] the search for secrets in them; [`formats`]
//! writes the report.
//!
//! This crate knows nothing of the monitor and nothing of the command line.

mod alerts;
mod check;
mod checks;
mod client;
mod documentation;
mod error;
mod finding;
pub mod formats;
mod ids;
mod judge;
mod key_server;
pub mod leaks;
mod lint;
pub mod logs;
mod oauth;
mod observed;
mod operations;
mod options;
mod plan;
mod probe;
mod progress;
pub mod reading;
mod references;
mod report;
mod request;
mod run;
mod scan;
mod score;
mod secrets;
mod severity;
pub mod sources;
pub mod spec;
mod standard;
mod switch;
mod target;
mod token;
mod trail;

pub use check::{About, CheckId, Remedy, UnknownCheck};
pub use client::ClientError;
pub use documentation::documentation;
pub use error::ScanError;
pub use finding::{CheckOutcome, CheckResult, DocumentPlace, Evidence, Finding, RecordEvidence};
pub use lint::lint;
pub use oauth::{ObtainedTokens, TokenGrant, TokenRequest, TokenRequestError};
pub use observed::{LogSource, ObservedRecord, Polled, UnreadableLog};
pub use options::{RefreshEndpoint, ScanOptions};
pub use progress::Progress;
pub use report::{Grade, ScanReport, ScannedOperation, SkippedOperation, Timings};
pub use scan::scan;
pub use score::Score;
pub use severity::{Severity, SubGrade};
pub use standard::Standard;
pub use switch::Switch;
pub use target::TargetError;
pub use token::token_algorithm;
