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

mod check;
mod checks;
mod finding;
pub mod formats;
pub mod leaks;
pub mod logs;
mod observed;
pub mod reading;
mod report;
mod severity;
pub mod sources;
pub mod spec;

pub use check::{About, CheckId, Remedy, UnknownCheck};
pub use finding::{CheckOutcome, CheckResult, DocumentPlace, Evidence, Finding, RecordEvidence};
pub use observed::{LogSource, ObservedRecord, Polled, UnreadableLog};
pub use report::{Grade, ScanReport, ScannedOperation, SkippedOperation, Timings};
pub use severity::{Severity, SubGrade};
