use std::collections::BTreeMap;

use crate::parse::{self, Library, Problems};
use crate::rule_error::RuleError;
use crate::{Rule, RuleInfo};

/// The rules that run together, in the order of their names.
///
/// ```
/// use jwtrail_detect::RuleSet;
/// let rules = RuleSet::embedded().unwrap();
/// assert!(rules.infos().any(|rule| rule.name == "refresh-reused"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

impl RuleSet {
    /// The rules that ship with jwtrail.
    ///
    /// # Errors
    /// Never in a released crate: a test reads them all.
    pub fn embedded() -> Result<Self, RuleError> {
        Self::parse(Self::embedded_files())
    }

    /// The shipped files, as (file name, text) pairs: to read, to copy, to change.
    pub fn embedded_files() -> impl Iterator<Item = (&'static str, &'static str)> {
        EMBEDDED.iter().copied()
    }

    /// Rules out of (file name, text) pairs. The caller reads the files.
    ///
    /// # Errors
    /// With every problem of every file, when any file has one, or two share a name or an id.
    pub fn parse<'t>(
        files: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Result<Self, RuleError> {
        let mut problems = Problems::default();
        let mut library = Library::default();
        let (mut order, mut names) = (Vec::new(), Vec::new());
        for (file, text) in files {
            order.push(file);
            match library.add(file, text) {
                Ok(()) => names.push(file),
                Err(found) => problems.extend(found),
            }
        }
        problems.extend(library.twins(&names));
        let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
        for file in names {
            match parse::rule(&library, file) {
                Ok(rule) => drop(rules.insert(rule.info.name.clone(), rule)),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            let rules = rules.into_values().collect();
            Ok(Self { rules })
        } else {
            let mut problems: Vec<_> = problems.into_iter().collect();
            let place = |file: &str| order.iter().position(|other| *other == file);
            problems.sort_by_key(|problem| (place(&problem.file), problem.line));
            Err(RuleError::new(problems))
        }
    }

    /// The same set without one rule.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.rules.retain(|rule| rule.info.name != name);
        self
    }

    /// The rules of these names.
    #[must_use]
    pub fn only<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        self.rules
            .retain(|rule| names.contains(&rule.info.name.as_str()));
        self
    }

    /// The rules, by name.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.rules.iter()
    }

    /// What each rule says of itself, by name.
    pub fn infos(&self) -> impl ExactSizeIterator<Item = &RuleInfo> {
        self.rules.iter().map(Rule::info)
    }

    /// What one rule says of itself.
    #[must_use]
    pub fn info(&self, name: &str) -> Option<&RuleInfo> {
        self.infos().find(|info| info.name == name)
    }

    pub(crate) fn into_rules(self) -> Vec<Rule> {
        self.rules
    }
}

macro_rules! embedded {
    ($($name:literal),+) => {
        &[$((concat!($name, ".yml"), include_str!(concat!("../../../rules/", $name, ".yml"))),)+]
    };
}

/// The files under `rules/`; a test compares the list with the directory.
const EMBEDDED: &[(&str, &str)] = embedded!(
    "audit-gap",
    "binding-failed",
    "clock-skew",
    "credential-stuffing",
    "distributed-guessing",
    "excess-rate",
    "expired-token-persistence",
    "failure-rate-high",
    "family-shared",
    "forgery-attempt",
    "issuance-burst",
    "key-probing",
    "keys-unavailable",
    "monitor-tampered",
    "object-probing",
    "origin-repeated-401",
    "privileged-burst",
    "refresh-burst",
    "refresh-guessing",
    "refresh-reuse-wave",
    "refresh-reused",
    "refresh-substituted",
    "revoked-token-use",
    "scope-changed",
    "scope-probing",
    "signature-guessing",
    "subject-failure-spike",
    "success-after-failures",
    "token-repeated-rejections",
    "token-replayed",
    "token-roaming",
    "token-substituted",
    "token-tampered"
);
