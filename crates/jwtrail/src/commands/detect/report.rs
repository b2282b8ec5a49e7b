use std::collections::BTreeMap;
use std::fmt::Display;

use jwtrail_detect::{Alert, AlertId, DetectStats, SkippedLine};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{self, Format};
use crate::plain::Plain;

/// What the detectors found, and what it took.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) alerts: Vec<Alert>,
    stats: Stats,
}

#[derive(Serialize)]
struct Stats {
    /// From the first byte read to the last alert settled.
    seconds: f64,
    events_per_second: f64,
    #[serde(flatten)]
    detect: DetectStats,
}

impl Report {
    pub(super) fn new(alerts: Vec<Alert>, detect: DetectStats, micros: i64) -> Self {
        let seconds = micros.max(1) as f64 / 1e6;
        let events_per_second = (detect.events as f64 / seconds).round();
        Self {
            alerts,
            stats: Stats {
                seconds,
                events_per_second,
                detect,
            },
        }
    }

    pub(super) fn events(&self) -> u64 {
        self.stats.detect.events
    }

    pub(super) fn skipped(&self) -> &[SkippedLine] {
        &self.stats.detect.skipped
    }

    pub(super) fn alert_lines(&self) -> Result<String, Failure> {
        self.alerts.iter().map(output::json_line).collect()
    }

    pub(super) fn stats(&self) -> Result<String, Failure> {
        output::json(&self.stats)
    }

    pub(super) fn rendered(&self, format: Format) -> Result<String, Failure> {
        match format {
            Format::Json => output::json(self),
            Format::Text => Ok(self.text()),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut parts: BTreeMap<AlertId, usize> = BTreeMap::new();
        for whole in self.alerts.iter().filter_map(|alert| alert.part_of) {
            *parts.entry(whole).or_default() += 1;
        }
        let alone = self.alerts.iter().filter(|alert| alert.part_of.is_none());
        for alert in alone {
            text.push_str(&format!(
                "{:<13} {} {} {}: {} from {} to {}{}\n",
                alert.severity.as_str(),
                alert.rule,
                alert.key_class,
                Plain(&alert.key.display),
                counted(alert.count, "event"),
                alert.first_time,
                alert.last_time,
                match parts.get(&alert.id) {
                    None => String::new(),
                    Some(parts) => format!(", with {}", counted(*parts, "alert")),
                },
            ));
        }
        let Stats {
            seconds,
            events_per_second,
            detect,
        } = &self.stats;
        text.push_str(&format!(
            "{} in {}, {} skipped; {seconds:.3} s, {events_per_second} events/s\n",
            counted(self.alerts.len(), "alert"),
            counted(detect.events, "event"),
            counted(detect.skipped_lines, "line"),
        ));
        text
    }
}

/// A count with its noun.
pub(in crate::commands) fn counted<N: Display + PartialEq + From<u8>>(
    count: N,
    noun: &str,
) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
