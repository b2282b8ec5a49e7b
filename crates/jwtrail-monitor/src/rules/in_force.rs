use std::collections::BTreeSet;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jwtrail_detect::{RuleInfo, RuleSet};
use jwtrail_event::Timestamp;

use super::request::Request;
use super::texts::RuleTexts;

/// The rules in force, for whoever shows them, and the way to whoever changes them.
#[derive(Debug)]
pub(crate) struct Rules {
    in_force: Mutex<Arc<InForce>>,
    changed: Condvar,
    refused: Mutex<Option<Refused>>,
    requests: SyncSender<Request>,
}

/// One set of rules.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    pub(crate) hash: String,
    pub(crate) infos: Vec<RuleInfo>,
    pub(crate) disabled: BTreeSet<String>,
    /// When detection came to it, if it was not in force from the start on.
    pub(crate) since: Option<Timestamp>,
}

/// Why the last change was not taken; the rules in force have stayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) at: Timestamp,
    pub(crate) problem: String,
}

impl InForce {
    pub(crate) fn new(texts: &RuleTexts, set: &RuleSet, since: Option<Timestamp>) -> Self {
        Self {
            hash: texts.hash(),
            infos: set.infos().cloned().collect(),
            disabled: texts.disabled.clone(),
            since,
        }
    }
}

impl Rules {
    pub(crate) fn new(first: InForce, requests: SyncSender<Request>) -> Self {
        Self {
            in_force: Mutex::new(Arc::new(first)),
            changed: Condvar::new(),
            refused: Mutex::default(),
            requests,
        }
    }

    pub(crate) fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.held())
    }

    /// What a rule in force says of itself.
    pub(crate) fn rule(&self, name: &str) -> Option<RuleInfo> {
        let in_force = self.in_force();
        in_force
            .infos
            .iter()
            .find(|rule| rule.name == name)
            .cloned()
    }

    /// Detection has come to a set.
    pub(crate) fn put(&self, set: InForce) {
        *self.held() = Arc::new(set);
        self.changed.notify_all();
    }

    /// Blocks until this set is in force, or for so long; whether it is.
    pub(super) fn wait_for(&self, hash: &str, at_most: Duration) -> bool {
        let held = self.held();
        let other = |set: &mut Arc<InForce>| set.hash != hash;
        let waited = self.changed.wait_timeout_while(held, at_most, other);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    pub(crate) fn refused(&self) -> Option<Refused> {
        let refused = self.refused.lock();
        refused.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps why a change was not taken; whether that is news.
    pub(super) fn set_refused(&self, refused: Option<Refused>) -> bool {
        let mut kept = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let problem = |refused: &Option<Refused>| refused.as_ref().map(|it| it.problem.clone());
        if problem(&kept) == problem(&refused) {
            return false;
        }
        *kept = refused;
        true
    }

    /// Asks for a change; whether there was room for it.
    pub(crate) fn ask(&self, request: Request) -> bool {
        self.requests.try_send(request).is_ok()
    }

    fn held(&self) -> MutexGuard<'_, Arc<InForce>> {
        self.in_force.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
