use std::collections::{BTreeMap, BTreeSet};

use jwtrail_detect::generate::Settings;
use jwtrail_event::Timestamp;

use crate::Failure;
use crate::doubled::{Doubled, doubled};
use crate::judge::{Judgement, seconds_to_alert};
use crate::options::{Options, RuleFile};
use crate::run::{self, Watch};

/// Each rule off, each threshold doubled: whether that makes the run fail.
#[derive(Debug, Default)]
pub(crate) struct Sensitivity {
    pub(crate) runs: u64,
    pub(crate) failed: u64,
    /// The changes that nobody would notice.
    pub(crate) unnoticed: Vec<String>,
}

impl Sensitivity {
    fn add(&mut self, failed: bool, what: impl FnOnce() -> String) {
        self.runs += 1;
        if failed {
            self.failed += 1;
        } else {
            self.unnoticed.push(what());
        }
    }
}

pub(crate) fn run(
    options: &Options,
    files: &[RuleFile],
    whole: &Judgement,
) -> Result<Sensitivity, Failure> {
    let mut sensitivity = Sensitivity::default();
    for (name, _) in files {
        let rule = name.trim_end_matches(".yml");
        sensitivity.add(needed(whole, rule), || format!("{rule} is off"));
    }
    let changes: Vec<Doubled> = files.iter().flat_map(doubled).collect();
    let settings = options.small_settings();
    // The rules as they are, too: what the small run does not find, no change can lose.
    let as_they_are = found(&settings, vec![run::parse(files)?])?;
    let as_it_is = as_they_are.into_iter().next().unwrap_or_default();
    let mut sets = Vec::new();
    let mut refused = BTreeSet::new();
    for (at, change) in changes.iter().enumerate() {
        match alone(change, files) {
            Some(rules) => sets.push(rules),
            None => {
                refused.insert(at);
            }
        }
    }
    let mut found = found(&settings, sets)?.into_iter();
    for (at, change) in changes.iter().enumerate() {
        let failed = if refused.contains(&at) {
            true
        } else {
            let now = found.next().unwrap_or_default();
            let before = as_it_is.get(change.rule.as_str());
            let left = now.get(change.rule.as_str());
            before.is_some_and(|before| left.is_none_or(|left| left.len() < before.len()))
        };
        sensitivity.add(failed, || format!("{}, {}", change.rule, change.what));
    }
    Ok(sensitivity)
}

/// Whether something covered is found by this rule: without it the run would fail.
fn needed(whole: &Judgement, rule: &str) -> bool {
    let of_rule = whole.attacks.iter().filter(|(_, tally)| tally.rule == rule);
    let mut covered = of_rule.filter(|((_, _, covered), _)| *covered);
    covered.any(|(_, tally)| tally.found > 0)
}

/// The changed rule alone, or among the others where it needs them.
fn alone(change: &Doubled, files: &[RuleFile]) -> Option<jwtrail_detect::RuleSet> {
    let only = [change.file.clone()];
    let alone = run::parse(&only).ok();
    alone.or_else(|| {
        let others = files.iter().filter(|(name, _)| *name != change.file.0);
        let all: Vec<RuleFile> = others.chain(&only).cloned().collect();
        run::parse(&all).ok()
    })
}

type Found = BTreeMap<&'static str, BTreeSet<String>>;

/// The covered injections that each set of rules finds, by rule: one stream for all of them.
fn found(settings: &Settings, sets: Vec<jwtrail_detect::RuleSet>) -> Result<Vec<Found>, Failure> {
    let mut watches: Vec<Watch> = sets.into_iter().map(Watch::new).collect();
    let outcome = run::feed(settings, |observation| {
        for watch in &mut watches {
            watch.observe(observation);
        }
    });
    let mut all = Vec::new();
    for watch in watches {
        let alerts = watch.finish(Timestamp::MAX);
        let mut found = Found::new();
        for injection in outcome.truth.iter().filter(|injection| injection.covered) {
            let rule = injection.expected.first().map_or("", |e| e.rule);
            if seconds_to_alert(injection, &alerts).is_some() {
                found.entry(rule).or_default().insert(injection.id.clone());
            }
        }
        all.push(found);
    }
    Ok(all)
}
