use jwtrail_detect::{Engine, RuleSet};
use jwtrail_store::{State, StoreError, Table};

use super::READER;
use crate::internal_events::SnapshotRefused;

/// Where the last run left off.
pub(crate) struct Resumed {
    pub(crate) engine: Engine,
    pub(crate) applied: u64,
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
    Ok(Resumed { engine, applied })
}
