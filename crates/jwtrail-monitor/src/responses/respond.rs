//! From an alert to an entry of the quarantine list, once, whatever comes in between.

use std::time::Duration;

use jwtrail_actix::Trail;
use jwtrail_detect::{Alert, AlertChange};
use jwtrail_event::Timestamp;
use jwtrail_event::quarantine::{Entry as Held, Kind};
use jwtrail_store::{Entry, StoreError};

use super::judge::{Judged, is_severe, judge, named};
use super::rows::{self, Done, Due, Outcome};
use super::withheld::Withheld;
use super::{Inner, RuleResponse};
use crate::core::Core;
use crate::detection;
use crate::internal_events::{ReaderFailed, ResponseRefused, ResponseUnreadable};
use crate::own_audit::OwnAudit;
use crate::quarantine::{Asked, By, Refusal};

/// Decides what is due, until the monitor stops.
pub(crate) fn run(core: &Core, trail: &Trail) {
    while !core.stop.is_stopped() {
        match all_due(core, trail) {
            Ok(0) => core.responses.bell.wait(IDLE),
            Ok(_) => {}
            Err(error) => {
                ReaderFailed {
                    reader: "responses",
                    error: &error,
                }
                .emit();
                core.stop.wait(RETRY);
            }
        }
    }
}

fn all_due(core: &Core, trail: &Trail) -> Result<usize, StoreError> {
    let due = rows::load_due(&*core.store)?;
    for (key, row) in &due {
        if core.stop.is_stopped() {
            break;
        }
        match serde_json::from_slice::<Due>(row) {
            Ok(due) => respond(core, trail, key, &due)?,
            Err(error) => {
                ResponseUnreadable { error: &error }.emit();
                core.store.commit(vec![rows::forget(key)])?;
            }
        }
    }
    Ok(due.len())
}

fn respond(core: &Core, trail: &Trail, key: &[u8], due: &Due) -> Result<(), StoreError> {
    let alert = &due.alert;
    // Held while it is decided: an operator's reset comes before or after.
    let mut inner = core.responses.inner();
    let decided = rows::load_done(&*core.store, alert.id)?;
    let open = decided.is_none_or(|done| done.may_change() && is_severe(alert));
    let Some(response) = core.responses.response(&alert.rule).filter(|_| open) else {
        return core.store.commit(vec![rows::forget(key)]);
    };
    let now = core.clock.now();
    inner.history.trim(now);
    let outcome = match decide(core, &inner, due, response, now)? {
        Ok(judged) => match core.responses.room(&inner, &judged, due.active, now) {
            Ok(()) => return hold(core, trail, &mut inner, key, (alert, judged, response), now),
            Err((subjects, limit)) => {
                return trip(core, trail, &mut inner, key, (alert, subjects, limit), now);
            }
        },
        Err(because) => Outcome::Withheld { because },
    };
    let done = Done::new(alert, now, outcome);
    core.store.commit(rows::decided(key, alert.id, &done))
}

/// Whether it may be held, as far as it does not matter how many are.
fn decide(
    core: &Core,
    inner: &Inner,
    due: &Due,
    response: RuleResponse,
    now: Timestamp,
) -> Result<Result<Judged, Withheld>, StoreError> {
    let alert = &due.alert;
    // Before all else: it is the one thing that may change.
    if !is_severe(alert) {
        return Ok(Err(Withheld::SeverityLow));
    }
    let most = i64::try_from(response.max_time.as_micros()).unwrap_or(i64::MAX);
    if now.micros_since(due.since()) >= most {
        return Ok(Err(Withheld::TooLate));
    }
    if inner.breaker.tripped.is_some() {
        return Ok(Err(Withheld::BreakerTripped));
    }
    if inner.history.by_rule(&alert.rule, now) >= response.per_hour {
        return Ok(Err(Withheld::RuleCap));
    }
    let positions = named(alert).map(|item| item.position);
    let events = positions.map(|position| core.store.entry(position));
    let events: Vec<Entry> = events
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    let protected = &core.quarantines.policy().protected_subjects;
    Ok(judge(alert, &events, &core.producers, protected))
}

fn hold(
    core: &Core,
    trail: &Trail,
    inner: &mut Inner,
    key: &[u8],
    (alert, judged, response): (&Alert, Judged, RuleResponse),
    now: Timestamp,
) -> Result<(), StoreError> {
    let asked = Asked {
        kind: Kind::Quarantine,
        target: judged.target,
        seconds: response.max_time.as_secs(),
        reason: format!("{} (alert {})", alert.title, alert.id),
        services: judged.services,
    };
    let subject = judged.subject;
    let held = |entry: &Held| {
        let outcome = Outcome::Held {
            entry: entry.id,
            until: entry.until,
            subject: subject.clone(),
        };
        Done::new(alert, now, outcome)
    };
    let by = By::rule(&alert.rule, alert.id);
    let audit = OwnAudit::new(trail.clone());
    let added = core
        .quarantines
        .add_with(&*core.store, &audit, asked, by, now, |entry| {
            rows::decided(key, alert.id, &held(entry))
        });
    match added {
        Ok(added) => {
            inner.history.add(&held(&added.entry));
            Ok(())
        }
        Err(Refusal::Store(error)) => Err(error),
        Err(refusal) => {
            ResponseRefused {
                rule: &alert.rule,
                refusal: &refusal,
            }
            .emit();
            let because = Withheld::ListRefused;
            let done = Done::new(alert, now, Outcome::Withheld { because });
            core.store.commit(rows::decided(key, alert.id, &done))
        }
    }
}

fn trip(
    core: &Core,
    trail: &Trail,
    inner: &mut Inner,
    key: &[u8],
    (alert, subjects, limit): (&Alert, u64, u64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut breaker = inner.breaker.clone();
    let raised = AlertChange::Raised(breaker.trip(&alert.rule, subjects, limit, now));
    let because = Withheld::BreakerTripped;
    let done = Done::new(alert, now, Outcome::Withheld { because });
    let mut changes = rows::decided(key, alert.id, &done);
    changes.extend(rows::breaker(&breaker));
    let news = detection::prepare(core, &[raised], 0, &mut changes)?;
    core.store.commit(changes)?;
    inner.breaker = breaker;
    detection::publish(core, trail, &news);
    inner.breaker.tell(&OwnAudit::new(trail.clone()));
    Ok(())
}

impl Done {
    /// Whether it was not severe enough, and that alone.
    fn may_change(&self) -> bool {
        let because = Withheld::SeverityLow;
        self.outcome == Outcome::Withheld { because }
    }

    fn new(alert: &Alert, at: Timestamp, outcome: Outcome) -> Self {
        Self {
            rule: alert.rule.clone(),
            at,
            outcome,
        }
    }
}

/// A ring that was missed costs so much.
const IDLE: Duration = Duration::from_millis(250);
const RETRY: Duration = Duration::from_secs(1);
