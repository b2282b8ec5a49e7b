use std::sync::mpsc::SyncSender;

use crate::quarantine::By;

/// What somebody wants of the rules.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) by: By,
    pub(crate) wish: Wish,
    /// Who waits for what becomes of it, if anybody does.
    pub(crate) answer: Option<SyncSender<Answer>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// That the files are read again.
    Reload,
    /// That a rule is switched off or on.
    Switch { rule: String, on: bool },
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The set of this hash is in force, as it was before.
    Same(String),
    /// The set of this hash has come into force.
    Changed(String),
    /// It is on its way through the log.
    Announced(String),
    /// There is no such rule.
    Unknown,
    /// What is in force stays, and why.
    Refused(String),
}
