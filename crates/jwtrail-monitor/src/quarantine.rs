//! The list of quarantines and revocations: changed by operators and rules, kept durably, given
//! to the services that it concerns.

mod ask;
mod list;
mod places;
mod policy;
mod protected;
mod rows;
mod sweep;
mod telling;

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jwtrail_event::quarantine::{Changes, Entry};
use jwtrail_event::{EventId, Timestamp};
use jwtrail_store::{Change, State, StoreError};
use tokio::sync::watch;

use crate::own_audit::OwnAudit;
use crate::{Limits, MonitorError, random};
pub(crate) use ask::{Asked, By, Refusal};
use list::List;
use places::Places;
pub(crate) use places::Waiting;
pub use policy::QuarantinePolicy;
pub(crate) use protected::is_protected;
pub(crate) use rows::values_of_entries;
pub(crate) use sweep::run;
pub(crate) use telling::{Telling, What, resume};

/// The list, and who waits for changes of it.
#[derive(Debug)]
pub(crate) struct Quarantines {
    policy: QuarantinePolicy,
    /// Held while a change becomes durable: one at a time, and readers don't wait for the disk.
    changing: Mutex<()>,
    list: RwLock<List>,
    changed: watch::Sender<()>,
    places: Places,
}

/// What became of what was asked for.
#[derive(Debug)]
pub(crate) struct Added {
    pub(crate) entry: Entry,
    /// Not there before under the same target.
    pub(crate) new: bool,
}

impl Quarantines {
    pub(crate) fn load(
        state: &dyn State,
        policy: QuarantinePolicy,
        limits: Limits,
    ) -> Result<Self, MonitorError> {
        let id = u64::from_be_bytes(random::bytes()?);
        Ok(Self {
            policy,
            changing: Mutex::new(()),
            list: RwLock::new(rows::load(state, id)?),
            changed: watch::channel(()).0,
            places: Places::new(limits.quarantine_waiters, limits.quarantine_waiters_each),
        })
    }

    pub(crate) const fn policy(&self) -> &QuarantinePolicy {
        &self.policy
    }

    /// Those that hold, newest first.
    pub(crate) fn entries(&self, now: Timestamp) -> Vec<Entry> {
        let list = self.read();
        let mut entries: Vec<_> = list
            .entries()
            .filter(|entry| now < entry.until)
            .cloned()
            .collect();
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.since, entry.id)));
        entries
    }

    /// What concerns these services, from a version on that was given to them before.
    pub(crate) fn changes(
        &self,
        services: &[String],
        since: Option<&str>,
        now: Timestamp,
    ) -> Changes {
        self.read().changes(services, since, now)
    }

    /// Tells when the list has changed.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// A place to wait in, if there is one left for this producer.
    pub(crate) fn place(&self, producer: &str) -> Option<Waiting> {
        self.places.take(producer)
    }

    /// Adds an entry, or extends the one that is there for the same target. It is durable, and on
    /// record, when this returns.
    pub(crate) fn add(
        &self,
        state: &dyn State,
        audit: &OwnAudit,
        asked: Asked,
        by: By,
        now: Timestamp,
    ) -> Result<Added, Refusal> {
        self.add_with(state, audit, asked, by, now, |_| Vec::new())
    }

    /// The same, with more changes in the commit that makes it durable.
    pub(crate) fn add_with(
        &self,
        state: &dyn State,
        audit: &OwnAudit,
        asked: Asked,
        by: By,
        now: Timestamp,
        with: impl FnOnce(&Entry) -> Vec<Change>,
    ) -> Result<Added, Refusal> {
        let _changing = self.changing();
        let mut wanted = asked.entry(&self.policy, &by, now)?;
        let (known, full) = {
            let list = self.read();
            let known = list.same_as(&wanted).cloned();
            (known, list.len() >= self.policy.max_entries)
        };
        let known = known.filter(|known| now < known.until);
        match &known {
            Some(known) => {
                wanted = ask::extended(known, wanted)?;
                if wanted == *known {
                    let changes = with(&wanted);
                    if !changes.is_empty() {
                        state.commit(changes)?;
                    }
                    return Ok(Added {
                        entry: wanted,
                        new: false,
                    });
                }
            }
            None if full => {
                return Err(Refusal::Full {
                    limit: self.policy.max_entries,
                });
            }
            None => {}
        }
        let telling = Telling::new(What::Added, &wanted, by, now);
        let number = self.next();
        let mut changes = vec![rows::entry(&wanted, number)];
        changes.extend(rows::head(self.read().id(), number));
        changes.extend(telling.row(number));
        changes.extend(with(&wanted));
        state.commit(changes)?;
        self.write().put(wanted.clone(), number);
        self.changed.send_replace(());
        audit.tell(&telling);
        Ok(Added {
            entry: wanted,
            new: known.is_none(),
        })
    }

    /// Takes an entry off the list; whether it was there.
    pub(crate) fn release(
        &self,
        state: &dyn State,
        audit: &OwnAudit,
        id: EventId,
        by: By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let _changing = self.changing();
        let Some(entry) = self.read().get(id).cloned() else {
            return Ok(false);
        };
        let telling = Telling::new(What::Released, &entry, by, now);
        let number = self.next();
        let mut changes = vec![rows::removed(id)];
        changes.extend(rows::head(self.read().id(), number));
        changes.extend(telling.row(number));
        state.commit(changes)?;
        self.write().release(id, number);
        self.changed.send_replace(());
        audit.tell(&telling);
        Ok(true)
    }

    /// Takes off what has ended, which holds nowhere any more.
    pub(crate) fn expire(
        &self,
        state: &dyn State,
        audit: &OwnAudit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let _changing = self.changing();
        let ended: Vec<Entry> = {
            let list = self.read();
            let ended = list.entries().filter(|entry| entry.until <= now);
            ended.take(AT_ONCE).cloned().collect()
        };
        if ended.is_empty() {
            return Ok(());
        }
        let mut changes: Vec<Change> = Vec::new();
        let mut tellings = Vec::new();
        for entry in &ended {
            let telling = Telling::new(What::Expired, entry, By::itself(entry.id), now);
            changes.push(rows::removed(entry.id));
            changes.extend(telling.row(self.read().number_of(entry.id)));
            tellings.push(telling);
        }
        state.commit(changes)?;
        let mut list = self.write();
        ended.iter().for_each(|entry| list.forget(entry.id));
        drop(list);
        tellings.iter().for_each(|telling| audit.tell(telling));
        Ok(())
    }

    fn next(&self) -> u64 {
        self.read().number() + 1
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, List> {
        self.list.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, List> {
        self.list.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Entries that are taken off in one commit.
const AT_ONCE: usize = 1_000;
