use serde::{Deserialize, Serialize};

/// How bad an alert is, in the words of Sigma's `level`.
///
/// ```
/// use jwtrail_detect::Severity;
/// assert!(Severity::High > Severity::Informational);
/// assert_eq!(Severity::High.as_str(), "high");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the levels are Sigma's")]
pub enum Severity {
    /// A ticket, never a page.
    Informational,
    /// Worth a look some day.
    Low,
    /// Worth a look today.
    Medium,
    /// Worth a look now.
    High,
    /// Somebody is inside.
    Critical,
}

impl Severity {
    /// The level's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
