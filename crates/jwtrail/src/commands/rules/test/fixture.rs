use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use jwtrail_detect::{RuleInfo, RuleSet, Severity, Trial, TrialAlert};
use serde::Deserialize;

use super::Fault;
use crate::commands::detect::report::counted;
use crate::failure::Failure;

/// What a fixture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Positive,
    Negative,
    Good,
}

/// One fixture, run.
pub(super) struct Tried {
    pub(super) events: u64,
    /// Alerts that were asked for.
    pub(super) raised: usize,
    pub(super) faults: Vec<Fault>,
}

/// One key that the positive fixture has to raise.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Expected {
    key: String,
    severity: Severity,
}

impl Tried {
    /// Runs a rule on a fixture, if it is there.
    pub(super) fn new(
        set: &RuleSet,
        info: &RuleInfo,
        kind: Kind,
        path: &Path,
    ) -> Result<Option<Self>, Failure> {
        let Some(log) = text_if_there(path)? else {
            return Ok(None);
        };
        let trial = Trial::of(&info.name, set.clone(), &log);
        let file = path.display().to_string();
        let fault = |line, what: String| Fault {
            file: file.clone(),
            line,
            what,
        };
        let skipped = trial.skipped.iter();
        let mut faults: Vec<Fault> = skipped
            .map(|skipped| fault(Some(skipped.line), skipped.problem.clone()))
            .collect();
        let mut raised = 0;
        if kind == Kind::Positive {
            raised = trial.alerts.len();
            let expected = expected(path)?;
            let found = missing(&trial, expected.as_deref());
            faults.extend(found.into_iter().map(|what| fault(None, what)));
            if let Some(expected) = expected {
                let more = surplus(&trial.alerts, &expected);
                faults.extend(more.map(|alert| fault(alert.line, told(alert))));
            }
        } else {
            let alerts = trial.alerts.iter();
            faults.extend(alerts.map(|alert| fault(alert.line, told(alert))));
        }
        Ok(Some(Self {
            events: trial.events,
            raised,
            faults,
        }))
    }
}

/// What should have been raised and was not, with the events that the rule did look at.
fn missing(trial: &Trial, expected: Option<&[Expected]>) -> Vec<String> {
    let seen = match (trial.selected.first(), trial.selected.last()) {
        (Some(first), Some(last)) => format!(
            "the rule selected {} of {}, from line {first} to line {last}",
            trial.selected.len(),
            counted(trial.events, "event")
        ),
        _ => format!(
            "the rule selected none of {}",
            counted(trial.events, "event")
        ),
    };
    let Some(expected) = expected else {
        let none = trial.alerts.is_empty();
        return Vec::from_iter(none.then(|| format!("nothing was raised; {seen}")));
    };
    let raised: BTreeSet<(&str, Severity)> = trial
        .alerts
        .iter()
        .map(|tried| (tried.alert.key.display.as_str(), tried.alert.severity))
        .collect();
    let missing = expected
        .iter()
        .filter(|one| !raised.contains(&(one.key.as_str(), one.severity)));
    missing
        .map(|one| format!("{} {} was not raised; {seen}", one.severity, one.key))
        .collect()
}

/// Alerts that nobody asked for.
fn surplus<'a>(
    alerts: &'a [TrialAlert],
    expected: &'a [Expected],
) -> impl Iterator<Item = &'a TrialAlert> {
    alerts.iter().filter(|tried| {
        let alert = &tried.alert;
        let same = |one: &Expected| one.key == alert.key.display && one.severity == alert.severity;
        !expected.iter().any(same)
    })
}

fn told(tried: &TrialAlert) -> String {
    let alert = &tried.alert;
    format!(
        "this event raised an alert: {} {} {}",
        alert.severity, alert.key_class, alert.key.display
    )
}

/// The keys beside a positive fixture, if somebody wrote them down.
fn expected(positive: &Path) -> Result<Option<Vec<Expected>>, Failure> {
    let path = positive.with_file_name("expected.json");
    let Some(text) = text_if_there(&path)? else {
        return Ok(None);
    };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        Failure::usage("cannot read what the fixture should raise")
            .in_file(&path)
            .because(&error)
            .remedy("write a list of {\"key\": \"...\", \"severity\": \"...\"}")
    })
}

fn text_if_there(path: &Path) -> Result<Option<String>, Failure> {
    let unreadable = |error: io::Error| {
        Failure::usage("cannot read the fixture")
            .in_file(path)
            .because(&error)
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut text = String::new();
    file.take(MAX_FIXTURE + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > MAX_FIXTURE {
        let what = format!("a fixture has at most {MAX_FIXTURE} bytes");
        return Err(Failure::usage(what)
            .in_file(path)
            .remedy("`jwtrail rules backtest` reads files of any size"));
    }
    Ok(Some(text))
}

/// The longest fixture that is read, in bytes.
const MAX_FIXTURE: u64 = 64 * 1024 * 1024;
