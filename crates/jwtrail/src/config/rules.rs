use std::collections::BTreeMap;

use jwtrail_detect::{RuleSettings, Severity};
use schemars::JsonSchema;
use serde::Deserialize;

use super::span::Span;

/// What is set of single rules, or parts of rules, under their names:
/// `[rules.token-repeated-rejections]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct RuleSections(BTreeMap<String, RuleSection>);

/// What is set of one rule in the place of its defaults, which stand in `docs/rules.md`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleSection {
    /// How bad it is when it fires.
    level: Option<Level>,
    /// How many it takes.
    threshold: Option<u32>,
    /// How many distinct values it takes.
    distinct: Option<u32>,
    /// Which share it takes, of a hundred.
    percent: Option<u32>,
    /// How many it takes at the least, whatever is usual.
    floor: Option<u32>,
    /// How many deviations above what is usual it takes.
    deviations: Option<u32>,
    /// The window, such as `10m`.
    window: Option<Span>,
    /// How long it has to be quiet until an episode ends; not shorter than the window.
    quiet: Option<Span>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl RuleSections {
    pub(crate) fn settings(&self) -> BTreeMap<String, RuleSettings> {
        let sections = self.0.iter();
        sections
            .map(|(name, section)| (name.clone(), section.settings()))
            .collect()
    }

    /// The environment has no variables for these.
    pub(super) fn overlay(&mut self, over: Self) {
        self.0.extend(over.0);
    }
}

impl RuleSection {
    fn settings(&self) -> RuleSettings {
        let span = |span: Option<Span>| span.map(|span| format!("{}s", span.0.as_secs()));
        let mut settings = RuleSettings::default();
        settings.level = self.level.map(Level::severity);
        settings.threshold = self.threshold.map(u64::from);
        settings.distinct = self.distinct.map(u64::from);
        settings.percent = self.percent.map(u64::from);
        settings.floor = self.floor.map(u64::from);
        settings.deviations = self.deviations.map(u64::from);
        settings.window = span(self.window);
        settings.quiet = span(self.quiet);
        settings
    }
}

impl Level {
    const fn severity(self) -> Severity {
        match self {
            Self::Informational => Severity::Informational,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        }
    }
}
