//! What rules do by themselves: hold a token or a family, within every bound that is set for it.
//!
//! An alert of a rule that may respond is committed together with a row that says so. A thread
//! takes these rows one by one, decides, and removes each in the commit that keeps the decision
//! and changes the quarantine list. So it is decided once for each alert, whenever the process
//! dies, however often the log is gone over, and whatever an operator has done since. Only that an
//! alert was not severe enough is no last word: it is decided anew when the alert becomes worse.

mod active;
mod bell;
mod breaker;
mod check;
mod history;
mod judge;
mod policy;
mod respond;
mod rows;
mod status;
mod subject;
mod withheld;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jwtrail_actix::Trail;
use jwtrail_detect::{Alert, AlertChange, AlertId, AlertStatus};
use jwtrail_event::Timestamp;
use jwtrail_store::{Change, State, StoreError};

use crate::core::{Core, Store};
use crate::own_audit::OwnAudit;
use crate::quarantine::By;
use crate::{MonitorError, alerts, detection};
pub(crate) use active::ActiveSubjects;
use bell::Bell;
use breaker::Breaker;
pub(crate) use breaker::Tripped;
use history::History;
use judge::{Judged, is_severe};
pub use policy::{ResponsePolicy, RuleResponse};
pub(crate) use respond::run;
pub(crate) use rows::{Done, Outcome, forgotten};
pub(crate) use status::Status;

/// The rules that respond, what they have done, and whether they may go on.
#[derive(Debug)]
pub(crate) struct Responses {
    policy: ResponsePolicy,
    inner: Mutex<Inner>,
    bell: Bell,
}

#[derive(Debug)]
struct Inner {
    history: History,
    breaker: Breaker,
}

impl Responses {
    pub(crate) fn load(state: &dyn State, policy: ResponsePolicy) -> Result<Self, MonitorError> {
        Ok(Self {
            policy,
            inner: Mutex::new(Inner {
                history: History::of(rows::load_all_done(state)?),
                breaker: rows::load_breaker(state)?,
            }),
            bell: Bell::default(),
        })
    }

    /// What a rule may do by itself, if it may do anything.
    pub(crate) fn response(&self, rule: &str) -> Option<RuleResponse> {
        self.policy.rules.get(rule).copied()
    }

    /// What notes that a response to an alert is due, to be committed with the alert; `stages` is
    /// how it came about since it was heard of last, with its raise if it was `raised`. It is
    /// judged as it was when it first was severe enough, or else when it was raised: what came
    /// later is nobody's reason to act.
    pub(crate) fn due<'a>(
        &self,
        mut stages: impl Iterator<Item = &'a Alert>,
        raised: bool,
        active: u64,
    ) -> Option<Change> {
        let first = stages.next()?;
        self.response(&first.rule)?;
        let worse = if is_severe(first) {
            None
        } else {
            stages.find(|stage| is_severe(stage))
        };
        let stage = worse.unwrap_or(first);
        let since = if raised && worse.is_none() {
            stage.raised_at
        } else {
            stage.last_time
        };
        rows::due(&rows::Due::new(stage, since, active))
    }

    /// Says that something may be due.
    pub(crate) fn wake(&self) {
        if !self.policy.rules.is_empty() {
            self.bell.ring();
        }
    }

    /// What was decided about an alert.
    pub(crate) fn decided(
        &self,
        state: &dyn State,
        id: AlertId,
    ) -> Result<Option<Done>, StoreError> {
        rows::load_done(state, id)
    }

    /// Writes to the trail what a crash may have kept from it.
    pub(crate) fn resume(
        &self,
        store: &dyn Store,
        audit: &OwnAudit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner().breaker.resume(store, audit, now)
    }

    /// Lets rules respond again; whether they were halted.
    pub(crate) fn reset(&self, core: &Core, trail: &Trail, by: By) -> Result<bool, StoreError> {
        let mut inner = self.inner();
        let mut breaker = inner.breaker.clone();
        let Some(was) = breaker.reset(by, core.clock.now()) else {
            return Ok(false);
        };
        let mut changes: Vec<Change> = rows::breaker(&breaker).into_iter().collect();
        let open = match was.alert.parse() {
            Ok(id) => alerts::load(&*core.store, id)?,
            // It was an alert's id when it was written.
            Err(_) => None,
        };
        let resolved = open.map(|row| {
            let mut alert = row.alert;
            alert.status = AlertStatus::Resolved;
            alert.last_time = core.clock.now();
            AlertChange::Resolved(alert)
        });
        let resolved: Vec<_> = resolved.into_iter().collect();
        let news = detection::prepare(core, &resolved, 0, &mut changes)?;
        core.store.commit(changes)?;
        inner.breaker = breaker;
        detection::publish(core, trail, &news);
        inner.breaker.tell(&OwnAudit::new(trail.clone()));
        Ok(true)
    }

    /// Whether one more may be held; if not, the subjects that would be, and how many may.
    fn room(
        &self,
        inner: &Inner,
        judged: &Judged,
        active: u64,
        now: Timestamp,
    ) -> Result<(), (u64, u64)> {
        let limit = (active / ONE_IN).max(self.policy.breaker_least.into());
        let since = inner.breaker.reset_at;
        let subject = judged.subject.as_deref();
        let subjects = inner.history.subjects_with(subject, since, now);
        if subjects > limit {
            return Err((subjects, limit));
        }
        Ok(())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The breaker trips beyond one in so many of the active subjects: 1 %.
const ONE_IN: u64 = 100;
