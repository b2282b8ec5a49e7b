use std::collections::BTreeMap;

use jwtrail_event::{Record, Timestamp};

use crate::{Alert, AlertChange, AlertId, Engine, Observation, RuleSet, SkippedLine};

/// One rule over a short log, with an account of the lines that it looked at: what a rule's
/// author needs to see when a fixture does not do what it should.
///
/// ```
/// use jwtrail_detect::{RuleSet, Trial};
///
/// let trial = Trial::of("refresh-reused", RuleSet::embedded()?, "not an event\n");
/// assert!(trial.alerts.is_empty() && trial.selected.is_empty());
/// assert_eq!(trial.skipped[0].line, 1);
/// # Ok::<(), jwtrail_detect::RuleError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trial {
    /// Lines that are events.
    pub events: u64,
    /// The lines, from 1, whose events the rule selected.
    pub selected: Vec<u64>,
    /// Lines that are no events.
    pub skipped: Vec<SkippedLine>,
    /// The rule's final alerts, in the order in which they were raised.
    pub alerts: Vec<TrialAlert>,
}

/// An alert, and where the event stands that crossed the threshold.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrialAlert {
    /// The alert.
    pub alert: Alert,
    /// The decisive event's line, from 1.
    pub line: Option<u64>,
}

impl Trial {
    /// Runs the whole set, for rules may need one another, and tells of one of them.
    #[must_use]
    pub fn of(rule: &str, rules: RuleSet, log: &str) -> Self {
        let mut trial = Self::default();
        let mut run = Run {
            engine: Engine::new(rules),
            lines: BTreeMap::new(),
            alerts: BTreeMap::new(),
            order: Vec::new(),
        };
        let mut matched = 0;
        let mut now = Timestamp::MIN;
        for (line, text) in (1..).zip(log.lines()) {
            if text.trim().is_empty() {
                continue;
            }
            let record = match Record::read(text.as_bytes()) {
                Ok(record) => record,
                Err(error) => {
                    let problem = error.to_string();
                    trial.skipped.push(SkippedLine { line, problem });
                    continue;
                }
            };
            trial.events += 1;
            now = now.max(record.received_at.unwrap_or(record.time));
            run.take(rule, line, now, &record);
            let selected = run.matched(rule);
            if selected > matched {
                matched = selected;
                trial.selected.push(line);
            }
        }
        trial.alerts = run.finish(rule);
        trial
    }
}

struct Run {
    engine: Engine,
    /// The line of each event id.
    lines: BTreeMap<String, u64>,
    alerts: BTreeMap<AlertId, Alert>,
    order: Vec<AlertId>,
}

impl Run {
    fn take(&mut self, rule: &str, line: u64, now: Timestamp, record: &Record<'_>) {
        self.lines.insert(record.event_id.to_string(), line);
        let writer = format!("{}/{}", record.service.as_str(), record.instance.as_str());
        let mut changes = Vec::new();
        let observation = Observation {
            record,
            position: line,
            received_at: now,
            producer: &writer,
        };
        self.engine.observe(&observation, &mut changes);
        self.keep(rule, changes);
    }

    /// How many events the rule has selected so far.
    fn matched(&self, rule: &str) -> u64 {
        let rules = self.engine.stats().rules;
        let rule = rules.iter().find(|stats| stats.name == rule);
        rule.map_or(0, |stats| stats.matched)
    }

    fn keep(&mut self, rule: &str, changes: Vec<AlertChange>) {
        let alerts = changes.into_iter().map(AlertChange::into_alert);
        for alert in alerts.filter(|alert| alert.rule == rule) {
            if !self.alerts.contains_key(&alert.id) {
                self.order.push(alert.id);
            }
            self.alerts.insert(alert.id, alert);
        }
    }

    fn finish(mut self, rule: &str) -> Vec<TrialAlert> {
        let mut changes = Vec::new();
        self.engine.finish(&mut changes);
        self.keep(rule, changes);
        let alerts = self.order.iter().filter_map(|id| self.alerts.remove(id));
        alerts
            .map(|alert| TrialAlert {
                line: self.lines.get(&alert.decisive_event_id).copied(),
                alert,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decisive_line_and_what_was_selected_are_told() {
        let log = include_str!("../../../rules/fixtures/refresh-reused/positive.ndjson");
        let log = format!("\n{log}");
        let trial = Trial::of("refresh-reused", RuleSet::embedded().unwrap(), &log);
        assert_eq!((trial.events, trial.selected.as_slice()), (3, &[4][..]));
        assert_eq!(trial.alerts[0].line, Some(4));
        assert_eq!(trial.alerts[0].alert.key.display, "fam-1");
        let other = Trial::of("key-probing", RuleSet::embedded().unwrap(), &log);
        assert!(other.alerts.is_empty() && other.selected.is_empty());
    }
}
