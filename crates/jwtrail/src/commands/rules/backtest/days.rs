use std::collections::BTreeMap;

use jwtrail_detect::{Alert, DetectStats, KeyClass, Severity};
use serde::Serialize;

use crate::commands::detect::report::counted;
use crate::plain::Plain;

/// What would have been raised, by day, rule and key.
#[derive(Serialize)]
pub(super) struct Backtested {
    days: Vec<Day>,
    /// Every rule that ran, with what it would have raised in all.
    rules: Vec<OfRule>,
    alerts: usize,
    events: u64,
    skipped_lines: u64,
    /// From the first byte read to the last alert settled.
    seconds: f64,
    events_per_second: f64,
}

#[derive(Serialize)]
struct Day {
    /// Of UTC.
    day: String,
    alerts: usize,
    raised: Vec<Raised>,
}

/// One key under one rule on one day.
#[derive(Serialize)]
struct Raised {
    rule: String,
    severity: Severity,
    key_class: KeyClass,
    key: String,
    alerts: usize,
    /// Events that these alerts count.
    events: u64,
}

#[derive(Serialize)]
struct OfRule {
    name: String,
    alerts: usize,
    /// Days on which there was one.
    days: usize,
}

impl Backtested {
    pub(super) fn new(
        rules: impl Iterator<Item = String>,
        alerts: &[Alert],
        stats: &DetectStats,
        micros: i64,
    ) -> Self {
        let days = days(alerts);
        let rules = rules.map(|name| {
            let of_rule = |day: &&Day| day.raised.iter().any(|raised| raised.rule == name);
            OfRule {
                alerts: alerts.iter().filter(|alert| alert.rule == name).count(),
                days: days.iter().filter(of_rule).count(),
                name,
            }
        });
        let rules = rules.collect();
        let seconds = micros.max(1) as f64 / 1e6;
        Self {
            days,
            rules,
            alerts: alerts.len(),
            events: stats.events,
            skipped_lines: stats.skipped_lines,
            seconds,
            events_per_second: (stats.events as f64 / seconds).round(),
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for day in &self.days {
            text.push_str(&format!("{}: {}\n", day.day, counted(day.alerts, "alert")));
            for raised in &day.raised {
                text.push_str(&format!(
                    "  {:<13} {} {} {}: {} of {}\n",
                    raised.severity.as_str(),
                    raised.rule,
                    raised.key_class,
                    Plain(&raised.key),
                    counted(raised.alerts, "alert"),
                    counted(raised.events, "event"),
                ));
            }
        }
        let (seconds, speed) = (self.seconds, self.events_per_second);
        text.push_str(&format!(
            "{} on {} in {}, {} skipped; {seconds:.3} s, {speed} events/s\n",
            counted(self.alerts, "alert"),
            counted(self.days.len(), "day"),
            counted(self.events, "event"),
            counted(self.skipped_lines, "line"),
        ));
        text
    }
}

fn days(alerts: &[Alert]) -> Vec<Day> {
    let mut days: BTreeMap<String, BTreeMap<(&str, KeyClass, &str), Raised>> = BTreeMap::new();
    for alert in alerts {
        let time = alert.raised_at.to_string();
        let day = time.split_once('T').map_or(time.as_str(), |(day, _)| day);
        let key = (
            alert.rule.as_str(),
            alert.key_class,
            alert.key.display.as_str(),
        );
        let raised = days.entry(day.to_owned()).or_default().entry(key);
        let raised = raised.or_insert_with(|| Raised {
            rule: alert.rule.clone(),
            severity: alert.severity,
            key_class: alert.key_class,
            key: alert.key.display.clone(),
            alerts: 0,
            events: 0,
        });
        raised.severity = raised.severity.max(alert.severity);
        raised.alerts += 1;
        raised.events += alert.count;
    }
    let days = days.into_iter().map(|(day, raised)| {
        let raised: Vec<Raised> = raised.into_values().collect();
        Day {
            day,
            alerts: raised.iter().map(|raised| raised.alerts).sum(),
            raised,
        }
    });
    days.collect()
}
