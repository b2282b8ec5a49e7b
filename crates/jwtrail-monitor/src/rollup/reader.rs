use std::time::Duration;

use crate::core::Core;
use crate::internal_events::{ReaderFailed, UnreadableEntry};

/// Follows the log until the monitor stops.
pub(crate) fn run(core: &Core) {
    let mut committed = core.rollups.position();
    let mut committed_at = core.clock.now();
    while !core.stop.is_stopped() {
        if let Err(error) = advance(core) {
            ReaderFailed {
                reader: "rollup",
                error: &error,
            }
            .emit();
            core.stop.wait(RETRY);
            continue;
        }
        let now = core.clock.now();
        let position = core.rollups.position();
        let due =
            now.micros_since(committed_at) >= COMMIT_EVERY || position - committed >= COMMIT_AT;
        let news = position > committed || core.rollups.has_rejections();
        if due && news {
            commit(core);
            (committed, committed_at) = (position, now);
        }
    }
    let news = core.rollups.position() > committed || core.rollups.has_rejections();
    if !core.is_crashing() && news {
        commit(core);
    }
}

fn advance(core: &Core) -> Result<(), jwtrail_store::StoreError> {
    let position = core.rollups.position();
    core.store.wait(position, IDLE);
    let now = core.clock.now();
    for entry in core.store.read(position, BATCH)? {
        match entry.record() {
            Ok(record) => core.rollups.add(&record, entry.position(), now),
            Err(error) => {
                UnreadableEntry {
                    position: entry.position(),
                    error: &error,
                }
                .emit();
                core.rollups.skip(entry.position());
            }
        }
    }
    Ok(())
}

fn commit(core: &Core) {
    let changes = core.rollups.changes(core.clock.now());
    if let Err(error) = core.store.commit(changes) {
        // The counts stay in memory; after a crash they are made again from the log.
        core.rollups.changed_again();
        ReaderFailed {
            reader: "rollup",
            error: &error,
        }
        .emit();
    }
}

const IDLE: Duration = Duration::from_millis(250);
const RETRY: Duration = Duration::from_secs(1);
const BATCH: usize = 1_000;
/// Microseconds.
const COMMIT_EVERY: i64 = 5_000_000;
const COMMIT_AT: u64 = 50_000;
