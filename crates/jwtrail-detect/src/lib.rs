//! Detection of token abuse: rules, engine and shipped rules.
//!
//! The engine is a fold over the audit events of [`jwtrail_event`], in the log's order: it does
//! no I/O, reads no clock and draws no randomness. Time is what the events say.
//!
//! ```
//! use jwtrail_detect::{Engine, RuleSet};
//!
//! let mut engine = Engine::new(RuleSet::embedded()?);
//! let mut changes = Vec::new();
//! engine.finish(&mut changes);
//! assert!(changes.is_empty());
//! # Ok::<(), jwtrail_detect::RuleError>(())
//! ```

mod alert;
mod collapse;
mod documentation;
mod engine;
mod export;
pub mod generate;
mod hash;
mod key;
mod parse;
mod replay;
mod rule;
mod rule_error;
mod rule_set;
mod selection;
mod settings;
mod severity;
mod trial;

pub use alert::{
    Alert, AlertChange, AlertId, AlertStatus, EvidenceItem, MAX_EVIDENCE, NotAnAlertId, OwnAlert,
};
pub use collapse::Collapse;
pub use documentation::documentation;
pub use engine::{Engine, EngineStats, Observation, RuleStats, SnapshotError};
pub use export::{ExportedRule, NotExportable, export_rule};
pub use key::{Key, KeyClass};
pub use replay::{DetectStats, Replay, SkippedLine};
pub use rule::{Response, Rule, RuleInfo};
pub use rule_error::{RuleError, RuleProblem};
pub use rule_set::RuleSet;
pub use settings::{RuleSettingError, RuleSettings, with_settings};
pub use severity::Severity;
pub use trial::{Trial, TrialAlert};
