use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::run_id::RunId;

/// Gives every request to a protected route its id, and keeps the ids to count by, and how long it
/// took until one was refused.
#[derive(Debug)]
pub(crate) struct Ledger {
    run: RunId,
    given: AtomicU64,
    kept: Option<Mutex<Vec<String>>>,
    refused: Mutex<Option<f64>>,
}

impl Ledger {
    /// A ledger that keeps every id, for a run that ends.
    pub(crate) fn keeping(run: RunId) -> Self {
        Self {
            kept: Some(Mutex::default()),
            ..Self::counting(run)
        }
    }

    /// A ledger that only counts, for a run that may last for days.
    pub(crate) fn counting(run: RunId) -> Self {
        Self {
            run,
            given: AtomicU64::new(0),
            kept: None,
            refused: Mutex::default(),
        }
    }

    pub(crate) fn next(&self) -> String {
        let id = self.run.request(self.given.fetch_add(1, Ordering::Relaxed));
        if let Some(kept) = &self.kept {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push(id.clone());
        }
        id
    }

    pub(crate) fn count(&self) -> u64 {
        self.given.load(Ordering::Relaxed)
    }

    /// Notes how many seconds after a decisive event the next request was refused.
    pub(crate) fn note_refusal(&self, seconds: f64) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(seconds);
    }

    /// The last that was noted.
    pub(crate) fn refusal(&self) -> Option<f64> {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ids that were given, if they are kept.
    pub(crate) fn kept(&self) -> Vec<String> {
        let kept = self.kept.as_ref();
        kept.map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_has_an_id_of_its_own() {
        let ledger = Ledger::keeping(RunId::random());
        let given = [ledger.next(), ledger.next(), ledger.next()];
        assert_eq!(ledger.kept(), given);
        assert_eq!(ledger.count(), 3);
        assert!(given[0] != given[1] && given[1] != given[2]);
    }

    #[test]
    fn a_ledger_for_days_keeps_nothing() {
        let ledger = Ledger::counting(RunId::random());
        ledger.next();
        assert_eq!(ledger.count(), 1);
        assert!(ledger.kept().is_empty());
    }
}
