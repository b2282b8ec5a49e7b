use std::time::Duration;

use jwtrail_store::StoreError;

use super::telling;
use crate::core::Core;
use crate::internal_events::ReaderFailed;
use crate::own_audit::OwnAudit;

/// Takes off what has ended, and forgets what was told, until the monitor stops.
pub(crate) fn run(core: &Core, audit: &OwnAudit) {
    loop {
        report(sweep(core, audit));
        if core.stop.wait(EVERY) {
            break;
        }
    }
    // The trail has ended before: what was told is in the log.
    if !core.is_crashing() {
        report(telling::settle(&*core.store, core.clock.now(), true));
    }
}

fn sweep(core: &Core, audit: &OwnAudit) -> Result<(), StoreError> {
    let now = core.clock.now();
    core.quarantines.expire(&*core.store, audit, now)?;
    telling::settle(&*core.store, now, false)
}

fn report(swept: Result<(), StoreError>) {
    if let Err(error) = swept {
        ReaderFailed {
            reader: "quarantine",
            error: &error,
        }
        .emit();
    }
}

const EVERY: Duration = Duration::from_secs(1);
