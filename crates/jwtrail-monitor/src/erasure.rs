//! Erases a subject from what a monitor keeps: a copy of its store without the subject takes the
//! store's place.

mod copy;
#[cfg(test)]
mod cut_off;
mod person;
mod shell;

use std::path::Path;
use std::sync::Arc;

use jwtrail_event::events::{Event as _, SubjectErased};
use jwtrail_event::{Clock, EventId, Text, Timestamp};
use jwtrail_store::{Batch, Embedded, Log as _, Options, StoreError};

use crate::own_audit::correlation;
use crate::producers::OWN_SERVICE;
use crate::quarantine::values_of_entries;
use crate::{MonitorError, data_folder, random};
use copy::Erasing;
use person::Person;

/// Erases subjects from the data of a monitor that does not run, for good: what is left on the disk
/// holds their names no more, nor the ids of their tokens, their sessions and their requests. An
/// event `subject.erased` says that it was done, and not to whom.
///
/// Their events stay as shells, without anything that says whose they were, so that numbers have no
/// gap and what comes twice is still known. Alerts about them and notices of these are gone. What
/// rules remember is gone for everybody, and is made again of the log by the next start.
///
/// ```no_run
/// use std::sync::Arc;
/// use jwtrail_actix::SystemClock;
///
/// let subjects = ["alice".to_owned(), "p:2026:6f1d".to_owned()];
/// let erased = jwtrail_monitor::erase("jwtrail-data", &subjects, Arc::new(SystemClock))?;
/// println!("{erased}");
/// # Ok::<(), jwtrail_monitor::MonitorError>(())
/// ```
///
/// # Errors
/// When there is no monitor's data, a monitor has it open, a quarantine names one of them, or the
/// data can't be read or written. The data is then what it was, unless the copy could not take its
/// place whole: the next start, or another call, goes on with the one or the other.
pub fn erase(
    data: impl AsRef<Path>,
    subjects: &[String],
    clock: Arc<dyn Clock>,
) -> Result<Erased, MonitorError> {
    erase_by(data.as_ref(), subjects, &*clock, &mut data_folder::rename)
}

/// What was erased.
///
/// ```
/// use jwtrail_monitor::Erased;
/// assert_eq!(Erased::default().to_string(), "0 events, 0 alerts, 0 notices");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// Events that stay as shells.
    pub events: u64,
    /// Alerts that are gone.
    pub alerts: u64,
    /// Notices that waited for an output.
    pub notices: u64,
    /// What is damaged and could not be read: it stays as it is, and may name somebody.
    pub unread: u64,
}

impl std::fmt::Display for Erased {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            events,
            alerts,
            notices,
            unread,
        } = self;
        write!(f, "{events} events, {alerts} alerts, {notices} notices")?;
        match unread {
            0 => Ok(()),
            _ => write!(f, "; {unread} damaged entries stay, whomever they name"),
        }
    }
}

fn erase_by(
    data: &Path,
    subjects: &[String],
    clock: &dyn Clock,
    rename: &mut dyn FnMut(&Path, &Path) -> Result<(), MonitorError>,
) -> Result<Erased, MonitorError> {
    if !data_folder::has_log(data) {
        return Err(MonitorError::NoData {
            path: data.to_owned(),
        });
    }
    let now = clock.now();
    let lock = data_folder::lock(data)?;
    let store = data_folder::open(data, Options::default(), &lock)?;
    let mut person = Person::new(subjects);
    let mut after = 0;
    loop {
        let entries = store.read(after, AT_ONCE)?;
        let Some(last) = entries.last() else { break };
        after = last.position();
        for record in entries.iter().filter_map(|entry| entry.record().ok()) {
            person.learn(&record);
        }
    }
    refuse_while_held(&store, &person)?;

    let erased = match without(&person, &store, data, now) {
        Ok(erased) => erased,
        Err(error) => {
            // Else the next start does. Why there is no copy is what has to be said.
            data_folder::discard(data).ok();
            return Err(error);
        }
    };
    drop(store);
    data_folder::put_in_place(data, &lock, rename)?;
    Ok(erased)
}

/// Makes the copy.
fn without(
    person: &Person,
    store: &Embedded,
    data: &Path,
    now: Timestamp,
) -> Result<Erased, MonitorError> {
    let copy = data_folder::copy(data)?;
    let mut erasing = Erasing::new(person);
    store.rewrite(&copy, &mut erasing)?;
    tell(&copy, erasing.erased, now)?;
    Ok(erasing.erased)
}

/// Whoever erased a subject under quarantine would set it free.
fn refuse_while_held(store: &Embedded, person: &Person) -> Result<(), MonitorError> {
    let entries = values_of_entries(store)?;
    match entries.iter().any(|entry| person.is_mentioned_in(entry)) {
        true => Err(MonitorError::Held),
        false => Ok(()),
    }
}

fn tell(copy: &Path, erased: Erased, now: Timestamp) -> Result<(), MonitorError> {
    let store = Embedded::open(copy, Options::default())?;
    let bits = u128::from_be_bytes(random::bytes()?);
    let correlation = correlation(format!("{bits:032x}"), bits);
    let target = erased.to_string();
    let event = SubjectErased {
        correlation: &correlation,
        actor: Text::from("operator"),
        target: Text::from(&target),
    };
    let mut record = event.record(now);
    record.event_id = EventId::from_u128(bits);
    record.service = Text::from(OWN_SERVICE);
    record.service_version = Text::from(env!("CARGO_PKG_VERSION"));
    record.instance = Text::from("erase");
    record.boot_id = Text::from(format!("{bits:032x}"));
    record.producer = Some(Text::from(OWN_SERVICE));
    record.received_at = Some(now);
    let mut batch = Batch::new();
    batch.push(&record);
    let placed = store.append(batch).wait();
    placed.map(drop).map_err(|error: StoreError| error.into())
}

const AT_ONCE: usize = 1_000;
