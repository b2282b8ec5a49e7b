use jwtrail_detect::{Engine, RuleSet};
use jwtrail_store::{State, StoreError, Table};

use super::{ACTIVE, READER};
use crate::internal_events::SnapshotRefused;
use crate::responses::ActiveSubjects;

/// Where the last run left off.
pub(crate) struct Resumed {
    pub(crate) engine: Engine,
    pub(crate) applied: u64,
    pub(crate) active: ActiveSubjects,
}

pub(crate) fn resume(state: &dyn State, rules: RuleSet) -> Result<Resumed, StoreError> {
    let applied = state.load(Table::Reader, READER)?;
    let applied = applied.and_then(|row| row.try_into().ok());
    let applied = applied.map_or(0, u64::from_be_bytes);
    let snapshot = state.load(Table::Snapshot, READER)?;
    let engine = match snapshot {
        None => Engine::new(rules),
        Some(snapshot) => match Engine::restore(rules.clone(), &snapshot) {
            Ok(engine) => engine,
            Err(error) => {
                SnapshotRefused { error: &error }.emit();
                Engine::new(rules)
            }
        },
    };
    // Not exact: what came after it is counted again, and a subject counts once.
    let active = state.load(Table::Snapshot, ACTIVE)?;
    let active = active.map_or_else(ActiveSubjects::default, |row| {
        ActiveSubjects::from_bytes(&row)
    });
    Ok(Resumed {
        engine,
        applied,
        active,
    })
}
