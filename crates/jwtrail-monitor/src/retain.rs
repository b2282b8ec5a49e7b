use std::time::Duration;

use jwtrail_store::{Retention, StoreError};

use crate::core::Core;
use crate::internal_events::RetentionFailed;
use crate::{alerts, revocations};

/// Removes what is too old or too much, a little at a time, until the monitor stops.
pub(crate) fn run(core: &Core, keep: Retention) {
    loop {
        let swept = sweep(core, keep);
        if let Err(error) = &swept {
            RetentionFailed { error }.emit();
        }
        let pause = if matches!(swept, Ok(true)) {
            BETWEEN
        } else {
            core.limits.retain_every
        };
        if core.stop.wait(pause) {
            return;
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
    revocations::evict(&*core.store, now)?;
    Ok(removed.more || evicted > 0)
}

/// Appends come in between.
const BETWEEN: Duration = Duration::from_millis(20);
