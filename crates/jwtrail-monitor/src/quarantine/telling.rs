//! From a change of the list to its event in the log.
//!
//! The list changes in one commit, and the event comes to the log a moment later. So the commit
//! keeps what is to be told, too; it is forgotten when it must have come there, and what a crash
//! left is told at the next start, unless the log has it.

use jwtrail_event::quarantine::{Entry, Kind};
use jwtrail_event::{EventName, Record, Timestamp};
use jwtrail_store::{Change, Field, Find, Row, StoreError, Table};
use serde::{Deserialize, Serialize};

use super::{By, rows};
use crate::core::Store;
use crate::own_audit::OwnAudit;
use crate::producers::OWN_SERVICE;

/// What has happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    Added,
    Released,
    Expired,
}

/// An event that is to come to the log.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Telling {
    pub(crate) what: What,
    pub(crate) kind: Kind,
    pub(crate) target: String,
    pub(crate) rule: Option<String>,
    pub(crate) until: Timestamp,
    pub(crate) by: By,
    at: Timestamp,
}

impl Telling {
    pub(super) fn new(what: What, entry: &Entry, by: By, at: Timestamp) -> Self {
        Self {
            what,
            kind: entry.kind,
            target: entry.target.to_string(),
            rule: entry.rule.clone(),
            until: entry.until,
            by,
            at,
        }
    }

    pub(crate) const fn event(&self) -> EventName {
        match (self.what, self.kind) {
            (What::Added, Kind::Quarantine) => EventName::QuarantineAdded,
            (What::Added, Kind::Revocation) => EventName::TokenRevoked,
            (What::Released, _) => EventName::QuarantineReleased,
            (What::Expired, _) => EventName::QuarantineExpired,
        }
    }

    pub(super) fn row(&self, number: u64) -> Option<Change> {
        rows::telling(number, self.what as u8, self)
    }

    fn is_told_by(&self, record: &Record<'_>) -> bool {
        let ours = record.producer.as_ref();
        let target = record.target.as_ref().map(|target| target.as_str());
        let until = record.until.is_none_or(|until| until == self.until);
        ours.is_some_and(|producer| producer.as_str() == OWN_SERVICE)
            && record.event == self.event()
            // The log may have cut it.
            && target.is_some_and(|target| self.target.starts_with(target))
            && until
    }
}

/// Tells what a crash has left untold.
pub(crate) fn resume(store: &dyn Store, audit: &OwnAudit) -> Result<(), StoreError> {
    for (_, row) in rows::tellings(store)? {
        // A row that can't be read tells nothing; it is forgotten with the others.
        let Ok(telling) = serde_json::from_slice::<Telling>(&row) else {
            continue;
        };
        let id = telling.by.correlation_id.clone();
        let page = store.find(&Find::By(Field::CorrelationId, id), None, LOOKED_AT)?;
        let mut records = page.entries.iter().filter_map(|entry| entry.record().ok());
        if !records.any(|record| telling.is_told_by(&record)) {
            audit.tell(&telling);
        }
    }
    Ok(())
}

/// Forgets what was told so long before now that it must be in the log; all of it, when the trail
/// has ended.
pub(crate) fn settle(store: &dyn Store, now: Timestamp, ended: bool) -> Result<(), StoreError> {
    let told = |row: &Row| {
        let at = serde_json::from_slice::<Telling>(&row.1).map(|telling| telling.at);
        // A row that can't be read tells nothing.
        ended || at.map_or(true, |at| now.micros_since(at) > IN_THE_LOG)
    };
    let rows = rows::tellings(store)?.into_iter().filter(told);
    let changes: Vec<_> = rows
        .map(|(key, _)| Change::Remove(Table::Quarantine, key))
        .collect();
    if changes.is_empty() {
        return Ok(());
    }
    store.commit(changes)
}

/// Microseconds after which an event is in the log: a trail writes within a second.
const IN_THE_LOG: i64 = 10_000_000;
/// Events of one request that are looked at.
const LOOKED_AT: usize = 1_000;
