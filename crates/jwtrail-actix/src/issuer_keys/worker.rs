use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::events::{KeysFailed, KeysRefreshed};
use jwtrail_event::{Text, Timestamp};
use jwtrail_verify::{KeySet, Verifier};

use super::fetch::{FetchError, Fetched, Fetcher};
use super::flight::Flight;
use super::schedule::Timing;
use crate::internal_events::{KeySkipped, KeysChanged, KeysNotFetched};
use crate::trail::own_correlation;
use crate::{Trail, random};

/// Keeps one issuer's keys fresh.
pub(super) struct Worker {
    flight: Arc<Flight>,
    fetcher: Fetcher,
    timing: Timing,
    verifier: Arc<Verifier>,
    trail: Trail,
    /// In a row, up to now.
    failures: u32,
    /// What was fetched last.
    keys: Option<KeySet>,
}

impl Worker {
    pub(super) fn new(
        flight: Arc<Flight>,
        fetcher: Fetcher,
        timing: Timing,
        verifier: Arc<Verifier>,
        trail: Trail,
    ) -> Self {
        Self {
            flight,
            fetcher,
            timing,
            verifier,
            trail,
            failures: 0,
            keys: None,
        }
    }

    pub(super) fn issuer(&self) -> &str {
        self.flight.issuer()
    }

    pub(super) fn flight(&self) -> Arc<Flight> {
        Arc::clone(&self.flight)
    }

    pub(super) async fn run(mut self) {
        loop {
            self.flight.begin();
            let outcome = self.fetcher.fetch(self.now()).await;
            let wait = self.settle(outcome);
            self.flight.end(self.now());
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.flight.asked() => {}
            }
        }
    }

    /// Takes what came, and says how long it is enough.
    fn settle(&mut self, outcome: Result<Fetched, FetchError>) -> Duration {
        match outcome {
            Ok(Fetched::Keys(keys, max_age)) => {
                self.failures = 0;
                self.renew(&keys);
                self.keys = Some(keys);
                self.trail.record(&KeysRefreshed {
                    correlation: &own_correlation(),
                    issuer: Text::from(self.issuer()),
                });
                let [chance] = random::bytes();
                self.timing.after_success(max_age, chance)
            }
            Ok(Fetched::Same) if self.failures == 0 => {
                if let Some(keys) = self.keys.clone() {
                    self.renew(&keys);
                }
                self.timing.refresh
            }
            Ok(Fetched::Same) => self.timing.refresh,
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                KeysNotFetched {
                    issuer: self.issuer(),
                    error: &error,
                }
                .emit();
                self.trail.record(&KeysFailed {
                    correlation: &own_correlation(),
                    issuer: Text::from(self.issuer()),
                });
                let has_keys = self.keys.is_some();
                self.timing.after_failure(self.failures, has_keys)
            }
        }
    }

    fn renew(&self, keys: &KeySet) {
        let stale = i64::try_from(self.timing.stale.as_micros()).unwrap_or(i64::MAX);
        let good_until = self.now().plus_micros(stale);
        let issuer = self.issuer();
        // An error would mean an issuer that is not the verifier's, which was seen to before.
        let renewed = self.verifier.renew_keys(issuer, keys.clone(), good_until);
        if renewed.unwrap_or(false) {
            KeysChanged {
                issuer,
                keys: keys.len(),
            }
            .emit();
            for skipped in keys.skipped() {
                KeySkipped { issuer, skipped }.emit();
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.trail.clock().now()
    }
}
