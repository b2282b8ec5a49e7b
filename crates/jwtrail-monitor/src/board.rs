use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jwtrail_detect::{Alert, AlertStatus, EngineStats, Severity};

/// What detection has to show without asking the store: open alerts by severity, its place in
/// the log, its statistics.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    open: HashMap<u128, Severity>,
    /// Alerts ever raised, by rule.
    raised: HashMap<String, u64>,
    position: u64,
    stats: EngineStats,
}

impl Board {
    /// Shows an alert as it is now.
    pub(crate) fn show(&self, alert: &Alert, new: bool) {
        let mut inner = self.inner();
        let id = alert.id.as_u128();
        match alert.status {
            // The service's alert counts for all that are part of it.
            AlertStatus::Open if alert.part_of.is_some() => drop(inner.open.remove(&id)),
            AlertStatus::Open => drop(inner.open.insert(id, alert.severity)),
            AlertStatus::Resolved => drop(inner.open.remove(&id)),
        }
        if new {
            *inner.raised.entry(alert.rule.clone()).or_default() += 1;
        }
    }

    pub(crate) fn open(&self) -> [(Severity, u64); 5] {
        let mut counts = [
            (Severity::Critical, 0),
            (Severity::High, 0),
            (Severity::Medium, 0),
            (Severity::Low, 0),
            (Severity::Informational, 0),
        ];
        for severity in self.inner().open.values() {
            for (name, count) in &mut counts {
                *count += u64::from(name == severity);
            }
        }
        counts
    }

    pub(crate) fn raised(&self, rule: &str) -> u64 {
        self.inner().raised.get(rule).copied().unwrap_or(0)
    }

    pub(crate) fn update(&self, position: u64, stats: Option<EngineStats>) {
        let mut inner = self.inner();
        inner.position = position;
        if let Some(stats) = stats {
            inner.stats = stats;
        }
    }

    pub(crate) fn position(&self) -> u64 {
        self.inner().position
    }

    pub(crate) fn stats(&self) -> EngineStats {
        self.inner().stats.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Plain values, each complete at any time: nothing to repair after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
