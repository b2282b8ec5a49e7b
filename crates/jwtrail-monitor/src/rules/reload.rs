use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jwtrail_detect::{RuleSet, RuleSettings};
use jwtrail_event::{EventName, Record, Timestamp};
use jwtrail_store::StoreError;

use super::files::{self, Glance};
use super::in_force::{InForce, Refused};
use super::request::{Answer, Request, Wish};
use super::rows;
use super::texts::RuleTexts;
use crate::MonitorError;
use crate::core::Core;
use crate::internal_events::{ReaderFailed, RulesKept};
use crate::own_audit::OwnAudit;
use crate::producers::OWN_SERVICE;
use crate::quarantine::By;

/// Follows the files, and does what is asked, until the monitor stops.
pub(crate) fn run(core: &Core, audit: &OwnAudit, source: Source, requests: &Receiver<Request>) {
    // What the log has of earlier changes comes first.
    let head = core.store.head();
    while core.board.position() < head {
        if core.stop.wait(SOON) {
            return;
        }
    }
    let mut follower = Follower {
        core,
        audit,
        source,
        seen: None,
        glimpsed: None,
        announced: None,
        looks: 0,
    };
    follower.report(By::configuration, &Wish::Reload);
    loop {
        match requests.recv_timeout(SOON) {
            Ok(Request { by, wish, answer }) => {
                let became = follower.report(|_| by.clone(), &wish);
                if let Some(answer) = answer {
                    // Who asked may have gone.
                    answer.try_send(became).ok();
                }
            }
            Err(RecvTimeoutError::Timeout) => follower.look(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if core.stop.is_stopped() {
            return;
        }
    }
}

/// The set that a record puts in force, if it is one that does.
pub(crate) fn announced<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    let text = |field: &'r Option<jwtrail_event::Text<'_>>| field.as_ref().map(|it| it.as_str());
    if record.event != EventName::RulesChanged
        || text(&record.producer) != Some(OWN_SERVICE)
        || text(&record.rule) != Some(EVERY_RULE)
    {
        return None;
    }
    text(&record.target)?.strip_prefix(IN_FORCE)
}

/// Where the rules come from.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) directory: Option<PathBuf>,
    /// What the configuration switches off.
    pub(crate) disabled: BTreeSet<String>,
    /// What the configuration sets in the place of the files' defaults.
    pub(crate) settings: BTreeMap<String, RuleSettings>,
    pub(crate) responses: crate::ResponsePolicy,
    pub(crate) max_hold: Duration,
}

impl Source {
    /// The files as they are, with these rules switched off besides; or why they can't be taken.
    pub(crate) fn load(
        &self,
        off: &BTreeSet<String>,
    ) -> Result<(RuleTexts, RuleSet), MonitorError> {
        let (texts, set) = files::load(self.directory.as_deref(), &self.settings)?;
        self.responses.check(&set, self.max_hold)?;
        if let Some(rule) = self.disabled.iter().find(|name| set.info(name).is_none()) {
            return Err(MonitorError::NoSuchRule { rule: rule.clone() });
        }
        let texts = texts.without(self.disabled.union(off).cloned());
        let set = texts.enabled(set);
        Ok((texts, set))
    }
}

struct Follower<'a> {
    core: &'a Core,
    audit: &'a OwnAudit,
    source: Source,
    /// The directory when it was read.
    seen: Option<Vec<Glance>>,
    /// The directory when it was looked at.
    glimpsed: Option<Vec<Glance>>,
    /// A set that was announced, and when.
    announced: Option<(String, Timestamp)>,
    /// Passed over since the last look.
    looks: u32,
}

impl Follower<'_> {
    /// Looks whether the directory has changed, now and then.
    fn look(&mut self) {
        self.looks = (self.looks + 1) % LOOK_EVERY;
        let due = self.looks == 0;
        let Some(directory) = self.source.directory.clone().filter(|_| due) else {
            return;
        };
        let glance = files::glance(&directory).ok();
        if glance == self.seen {
            return;
        }
        // Files come one by one and are written bit by bit: they have to be at rest.
        if glance == self.glimpsed {
            self.report(By::configuration, &Wish::Reload);
        } else {
            self.glimpsed = glance;
        }
    }

    /// Does it, and says what went wrong.
    fn report(&mut self, by: impl Fn(&str) -> By, wish: &Wish) -> Answer {
        let directory = self.source.directory.as_deref();
        // Before it is read: what changes meanwhile is seen the next time.
        let glance = directory.and_then(|directory| files::glance(directory).ok());
        match self.change(&by, wish) {
            Ok(answer) => {
                self.seen = glance;
                self.core.rules.set_refused(None);
                answer
            }
            Err(Failure::Store(error)) => {
                // `seen` is as it was, so that it is tried again.
                ReaderFailed {
                    reader: "rules",
                    error: &error,
                }
                .emit();
                Answer::Refused("the store does not work; see the monitor's own log".to_owned())
            }
            Err(Failure::Rules(error)) => {
                self.seen = glance;
                let problem: String = error.to_string().chars().take(MOST_TOLD).collect();
                let at = self.core.clock.now();
                let refused = Refused {
                    at,
                    problem: problem.clone(),
                };
                if self.core.rules.set_refused(Some(refused)) {
                    RulesKept { problem: &problem }.emit();
                    let target = format!("not taken: {problem}");
                    self.audit.rule_changed(&by(&problem), EVERY_RULE, &target);
                }
                Answer::Refused(problem)
            }
        }
    }

    fn change(&mut self, by: &impl Fn(&str) -> By, wish: &Wish) -> Result<Answer, Failure> {
        let core = self.core;
        let mut off = rows::switched_off(&*core.store)?;
        if let Wish::Switch { rule, on } = wish {
            let known = core.rules.in_force();
            let is_on = known.infos.iter().any(|info| info.name == *rule);
            if !is_on && !known.disabled.contains(rule) {
                return Ok(Answer::Unknown);
            }
            if *on {
                if self.source.disabled.contains(rule) {
                    return Ok(Answer::Refused(
                        "the configuration switches this rule off".to_owned(),
                    ));
                }
                off.remove(rule);
            } else {
                off.insert(rule.clone());
            }
        }
        let (texts, set) = self.source.load(&off)?;
        let hash = texts.hash();
        let before = core.rules.in_force();
        if hash == before.hash {
            return Ok(Answer::Same(hash));
        }
        let now = core.clock.now();
        let on_its_way = |(other, at): &(String, Timestamp)| {
            *other == hash && now.micros_since(*at).abs() < LOST_AFTER
        };
        if self.announced.as_ref().is_some_and(on_its_way) {
            return Ok(Answer::Announced(hash));
        }
        let mut changes = rows::keep(&texts);
        changes.push(rows::keep_switched_off(&off));
        core.store.commit(changes)?;
        let by = by(&hash);
        for (rule, what) in differences(&before, &texts, &set) {
            self.audit.rule_changed(&by, &rule, &what);
        }
        let target = format!("{IN_FORCE}{hash}");
        self.audit.rule_changed(&by, EVERY_RULE, &target);
        self.announced = Some((hash.clone(), now));
        for _ in 0..PATIENCE {
            if core.rules.wait_for(&hash, SOON) {
                self.announced = None;
                return Ok(Answer::Changed(hash));
            }
            if core.stop.is_stopped() {
                break;
            }
        }
        Ok(Answer::Announced(hash))
    }
}

enum Failure {
    Rules(MonitorError),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<MonitorError> for Failure {
    fn from(error: MonitorError) -> Self {
        Self::Rules(error)
    }
}

/// Each rule that is another than before, and what it has become.
fn differences(before: &InForce, texts: &RuleTexts, set: &RuleSet) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    for rule in set.infos() {
        let (name, version) = (&rule.name, &rule.version);
        let known = before.infos.iter().find(|known| known.name == *name);
        let what = match known {
            Some(known) if known.version == *version => continue,
            Some(_) => "changed",
            None if before.disabled.contains(name) => "enabled",
            None => "added",
        };
        changes.push((name.clone(), format!("{what} {version}")));
    }
    for rule in &before.infos {
        if set.info(&rule.name).is_none() {
            let off = texts.disabled.contains(&rule.name);
            let what = if off { "disabled" } else { "removed" };
            changes.push((rule.name.clone(), what.to_owned()));
        }
    }
    changes.sort();
    changes
}

/// Stands for the whole set.
const EVERY_RULE: &str = "*";
const IN_FORCE: &str = "in force ";
const SOON: Duration = Duration::from_millis(100);
/// So many times `SOON` between two looks at the directory.
const LOOK_EVERY: u32 = 10;
/// Microseconds after which what was announced is announced again.
const LOST_AFTER: i64 = 30_000_000;
/// So many times `SOON` a change is waited for that goes through the log.
const PATIENCE: u32 = 50;
/// Characters of a problem.
const MOST_TOLD: usize = 1_000;
