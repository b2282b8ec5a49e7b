use std::sync::{Mutex, OnceLock, PoisonError};

use jwtrail_event::SecretToken;

use crate::formats::Redactor;
use crate::leaks::{LeakSearch, Secret, SecretKind};

/// Every token and secret of a scan: what none of our own output may hold, and what the log is
/// searched for.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    known: Mutex<Vec<Secret>>,
    redactor: OnceLock<Redactor>,
}

impl Secrets {
    pub(crate) fn token(&self, token: &SecretToken) {
        self.add(SecretKind::AccessToken, token);
    }

    /// Notes a secret; all of them, before the first text is redacted.
    pub(crate) fn add(&self, kind: SecretKind, secret: &SecretToken) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.push(Secret::new(kind, secret.clone()));
    }

    /// The text with every secret in it, and everything that looks like a token, replaced.
    pub(crate) fn redact(&self, text: &str) -> String {
        let redactor = self.redactor.get_or_init(|| {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let all: Vec<SecretToken> = known.iter().map(|secret| secret.value().clone()).collect();
            Redactor::new(&all)
        });
        redactor.text(text)
    }

    /// What a log is searched with.
    pub(crate) fn search(&self) -> LeakSearch {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        LeakSearch::new(known.clone())
    }
}
