use jwtrail_event::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::{CheckResult, DocumentPlace, Finding};

/// What a scan found out: the one thing that every report format is written from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ScanReport {
    /// The version of this form: fields are added, never changed.
    pub report_version: u32,
    /// The version of the scanner.
    pub scanner_version: String,
    /// The service, as it was named.
    pub target: String,
    /// The standard that was enforced, with its version: `minimum 1`.
    pub standard: String,
    /// The OpenAPI document, as it was named.
    pub document: Option<String>,
    /// Where records were looked for; none where no log source was given.
    pub log_source: Option<String>,
    /// How the log's fields were taken for ours: `(ours, theirs)`.
    pub field_mapping: Vec<(String, String)>,
    /// The operations that were scanned, and how each answered with the token and without.
    pub operations: Vec<ScannedOperation>,
    /// The operations that were not, and why.
    pub skipped: Vec<SkippedOperation>,
    /// Each check, in the order of [`CheckId::ALL`](crate::CheckId::ALL).
    pub checks: Vec<CheckResult>,
    /// Of a hundred.
    pub score: u32,
    /// Both halves together.
    pub grade: Grade,
    /// The answers.
    pub enforcement: Grade,
    /// The trail.
    pub evidence: Grade,
    /// What it took.
    pub timings: Timings,
}

impl ScanReport {
    /// Every finding, in the order of the checks.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checks
            .iter()
            .flat_map(|result| result.outcome.findings())
    }
}

/// A grade, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::exhaustive_enums, reason = "the grades are published")]
pub enum Grade {
    /// 90 and more.
    A,
    /// 80 and more.
    B,
    /// 70 and more; the best where no log was looked at.
    C,
    /// 60 and more; the best with one critical finding.
    D,
    /// Below 60, or two critical findings.
    F,
}

impl std::fmt::Display for Grade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::F => "F",
        })
    }
}

/// An operation that was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ScannedOperation {
    /// `GET /orders/{id}`.
    pub name: String,
    /// Where the document describes it.
    pub place: Option<DocumentPlace>,
    /// The scopes that the document says it requires, separated by blanks.
    pub required_scope: String,
    /// The status with a valid token; none where no answer came.
    pub with_token: Option<u16>,
    /// The status without a token; none where no answer came.
    pub without_token: Option<u16>,
}

/// An operation that was not scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SkippedOperation {
    /// `DELETE /orders/{id}`.
    pub name: String,
    /// Why, and what to give so that it is.
    pub why: String,
}

/// What a scan took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Timings {
    /// When it began.
    pub started: Timestamp,
    /// Requests that were sent.
    pub requests: u32,
    /// From the first request to the last record, in milliseconds.
    pub milliseconds: u64,
    /// The part of it that was spent waiting for records, in milliseconds.
    pub settling_milliseconds: u64,
    /// The slowest record, from its answer to when it was seen, in milliseconds.
    pub slowest_record_milliseconds: Option<u64>,
}
