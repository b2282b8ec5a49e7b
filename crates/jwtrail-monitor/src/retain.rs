use std::time::Duration;

use jwtrail_store::{Retention, StoreError};

use crate::alerts;
use crate::core::Core;
use crate::internal_events::RetentionFailed;

/// Removes what is too old or too much, a little at a time, until the monitor stops.
pub(crate) fn run(core: &Core, keep: Retention) {
    loop {
        match sweep(core, keep) {
            Ok(true) => {
                if core.stop.wait(BETWEEN) {
                    return;
                }
            }
            Ok(false) => {
                if core.stop.wait(IDLE) {
                    return;
                }
            }
            Err(error) => {
                RetentionFailed { error: &error }.emit();
                if core.stop.wait(IDLE) {
                    return;
                }
            }
        }
    }
}

/// Whether there is more to remove.
fn sweep(core: &Core, keep: Retention) -> Result<bool, StoreError> {
    let now = core.clock.now();
    let removed = core.store.retain(keep, now)?;
    let age = keep
        .max_age
        .map(|age| i64::try_from(age.as_micros()).unwrap_or(i64::MAX));
    let evicted = match age {
        Some(age) => alerts::evict(&*core.store, now.plus_micros(-age))?,
        None => 0,
    };
    Ok(removed.more || evicted > 0)
}

/// Appends come in between.
const BETWEEN: Duration = Duration::from_millis(20);
const IDLE: Duration = Duration::from_secs(30);
