use serde::{Deserialize, Serialize};

/// Why a rule that may respond did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Withheld {
    /// The alert would wake nobody; it is decided anew if it becomes worse.
    SeverityLow,
    /// What it rests on is not in the log any more.
    EvidenceIncomplete,
    /// It rests on more events than an alert names, and none of those stand for the others: what
    /// can't be looked at may be of anybody.
    TooManyEvents,
    /// It rests on an event of a producer that does not speak for itself, or is unknown.
    ProducerNotTrusted,
    /// It rests on an event that no signature vouches for.
    NotSigned,
    /// No service is one that all who have told of it write as.
    NoServiceInCommon,
    /// The alert names no token and no family of one issuer.
    NoTarget,
    /// The configuration protects the subject.
    SubjectProtected,
    /// It is longer ago than it would be held for.
    TooLate,
    /// The rule has held as many within the hour as it may.
    RuleCap,
    /// Too many subjects were held within the hour; an operator has to look.
    BreakerTripped,
    /// The list is full, or would not take it.
    ListRefused,
}
