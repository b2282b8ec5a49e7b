use jwtrail_detect::{Collapse, Engine};
use jwtrail_store::{StoreError, Table};

use super::{ACTIVE, COLLAPSE, READER, RULES};
use crate::MonitorError;
use crate::core::Store;
use crate::internal_events::{RulesLost, SnapshotRefused};
use crate::responses::ActiveSubjects;
use crate::rules::{self, InForce, RuleTexts};

/// Where the last run left off.
pub(crate) struct Resumed {
    pub(crate) engine: Engine,
    pub(crate) collapse: Collapse,
    pub(crate) in_force: InForce,
    pub(crate) applied: u64,
    pub(crate) active: ActiveSubjects,
}

/// Goes on with the rules that were in force there. `first` are those of a monitor that has never
/// run before.
pub(crate) fn resume(store: &dyn Store, first: &RuleTexts) -> Result<Resumed, MonitorError> {
    let applied = store.load(Table::Reader, READER)?;
    let applied = applied.and_then(|row| row.try_into().ok());
    let applied = applied.map_or(0, u64::from_be_bytes);
    if rules::set_at(store, u64::MAX)?.is_none() {
        let mut changes = rules::keep(first);
        changes.push(rules::at(0, &first.hash()));
        store.commit(changes)?;
    }
    let snapshot = store.load(Table::Snapshot, READER)?;
    let of_snapshot = store.load(Table::Reader, RULES)?;
    let of_snapshot = of_snapshot.and_then(|hash| String::from_utf8(hash).ok());
    let mut restored = None;
    if let Some(snapshot) = snapshot {
        let texts = in_force(store, of_snapshot, first)?;
        match Engine::restore(texts.rules()?, &snapshot) {
            Ok(engine) => {
                // Of the same commit, so of the same position.
                let collapse = store.load(Table::Snapshot, COLLAPSE)?;
                let collapse = collapse.map(|row| Collapse::restore(&row));
                restored = Some((engine, collapse.unwrap_or_default(), texts));
            }
            Err(error) => SnapshotRefused { error: &error }.emit(),
        }
    }
    let (engine, collapse, texts) = match restored {
        Some(restored) => restored,
        None => {
            // From the oldest event on that is still there, with the rules of its time.
            let oldest = store.read(0, 1)?;
            let before = oldest.first().map_or(0, |entry| entry.position() - 1);
            let texts = in_force(store, rules::set_at(store, before)?, first)?;
            (Engine::new(texts.rules()?), Collapse::new(), texts)
        }
    };
    // Not exact: what came after it is counted again, and a subject counts once.
    let active = store.load(Table::Snapshot, ACTIVE)?;
    let active = active.map_or_else(ActiveSubjects::default, |row| {
        ActiveSubjects::from_bytes(&row)
    });
    Ok(Resumed {
        in_force: InForce::new(&texts, &texts.rules()?, None),
        engine,
        collapse,
        applied,
        active,
    })
}

/// The set of a hash; what is configured where there is none that can be used, and says so.
fn in_force(
    store: &dyn Store,
    hash: Option<String>,
    first: &RuleTexts,
) -> Result<RuleTexts, StoreError> {
    let Some(hash) = hash else {
        return Ok(first.clone());
    };
    match rules::texts_of(store, &hash)? {
        Some(texts) if texts.rules().is_ok() => Ok(texts),
        _ => {
            RulesLost { set: &hash }.emit();
            Ok(first.clone())
        }
    }
}
