use serde::{Deserialize, Serialize};

use crate::check::CheckId;
use crate::severity::{Severity, SubGrade};

/// Something that is not as it must be, with what proves it.
///
/// No token, signature or secret is in it, in no field: whoever makes one redacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// The check that found it.
    pub check: CheckId,
    /// The variant of the check's probe (`nOnE`); empty where there is one.
    pub variant: String,
    /// How bad it is.
    pub severity: Severity,
    /// Which half of the grade it lowers.
    pub grade: SubGrade,
    /// The operation (`GET /orders/{id}`); none where it is about the service as a whole.
    pub operation: Option<String>,
    /// Where the document speaks of it.
    pub place: Option<DocumentPlace>,
    /// What is wrong, in one sentence without its full stop.
    pub summary: String,
    /// What proves it.
    pub evidence: Evidence,
}

impl Finding {
    /// A finding as severe as its check, about nothing in particular yet.
    #[must_use]
    pub fn new(check: CheckId, summary: impl Into<String>) -> Self {
        Self {
            check,
            variant: String::new(),
            severity: check.about().severity.unwrap_or(Severity::Critical),
            grade: check.about().grade,
            operation: None,
            place: None,
            summary: summary.into(),
            evidence: Evidence::default(),
        }
    }

    /// What makes two findings of two scans the same: not its wording, nor its evidence.
    #[must_use]
    pub fn identity(&self) -> (CheckId, &str, &str, SubGrade) {
        let operation = self.operation.as_deref().unwrap_or_default();
        (self.check, &self.variant, operation, self.grade)
    }
}

/// A place in the OpenAPI document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DocumentPlace {
    /// The document, as it was named on the command line.
    pub document: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// The JSON pointer (RFC 6901).
    pub pointer: String,
}

impl DocumentPlace {
    /// A place in a document.
    #[must_use]
    pub fn new(document: &str, line: u32, column: u32, pointer: &str) -> Self {
        Self {
            document: document.to_owned(),
            line,
            column,
            pointer: pointer.to_owned(),
        }
    }
}

/// What proves a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Evidence {
    /// The request as a `curl` command, the token replaced by `$TOKEN`; none where nothing was
    /// sent.
    pub request: Option<String>,
    /// What came back: the status line, the headers that matter, the beginning of the body.
    pub answer: Option<String>,
    /// What was found in the log, or what was searched for in vain.
    pub record: Option<RecordEvidence>,
}

/// What a search of the log gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordEvidence {
    /// Records, as `name=value` each, redacted.
    Found(Vec<String>),
    /// Nothing: what was searched for, where, and for how long.
    Searched(String),
}

/// What became of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "outcome")]
#[non_exhaustive]
pub enum CheckOutcome {
    /// All of it is as it must be.
    Passed,
    /// It is, and there is something to know.
    PassedWithNote {
        /// What.
        notes: Vec<String>,
    },
    /// Something is not.
    Failed {
        /// What; at least one.
        findings: Vec<Finding>,
        /// What else there is to know.
        notes: Vec<String>,
    },
    /// It could not be checked.
    NotVerified {
        /// Why not, and what to give so that it can.
        why: String,
    },
}

impl CheckOutcome {
    /// What was found.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Failed { findings, .. } => findings,
            _ => &[],
        }
    }

    /// What else there is to know.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match self {
            Self::PassedWithNote { notes } | Self::Failed { notes, .. } => notes,
            Self::Passed | Self::NotVerified { .. } => &[],
        }
    }
}

/// A check and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CheckResult {
    /// Which check.
    pub check: CheckId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: CheckOutcome,
    /// The variants that could not be tried, and why, where others could.
    pub not_verified: Vec<String>,
    /// Requests that were sent for it.
    pub probes: u32,
    /// The numbers of the operations, in [`ScanReport::operations`](crate::ScanReport), that it
    /// was tried on.
    pub operations: Vec<usize>,
}

impl CheckResult {
    /// A result of nothing sent yet.
    #[must_use]
    pub const fn new(check: CheckId, outcome: CheckOutcome) -> Self {
        Self {
            check,
            outcome,
            not_verified: Vec::new(),
            probes: 0,
            operations: Vec::new(),
        }
    }
}
