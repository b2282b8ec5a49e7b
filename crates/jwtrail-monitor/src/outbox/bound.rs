use std::sync::Arc;
use std::time::Duration;

use jwtrail_store::{Change, Scan, StoreError, Table};
use tokio::time::{Instant, timeout_at};

use super::Output;
use super::deliver::blocking;
use crate::core::Core;
use crate::internal_events::ReaderFailed;

/// Drops what waits beyond the bound, the oldest first: every alert is kept beside the queue, and
/// who comes back after long has more of what is now than of what was. How many were dropped.
/// Only the queue's own task may do this, between two deliveries.
pub(super) async fn shorten(core: &Arc<Core>, output: &Output) -> Result<usize, StoreError> {
    let most = core.limits.output_queue;
    let excess = output.queued().saturating_sub(most);
    let Some(limit) = usize::try_from(excess).ok().filter(|excess| *excess > 0) else {
        return Ok(0);
    };
    let prefix = output.queue.prefix().to_vec();
    let shared = Arc::clone(core);
    let dropped = blocking(move || {
        let rows = shared.store.scan(&Scan {
            prefix: &prefix,
            limit,
            ..Scan::all(Table::Outbox)
        })?;
        let keys = rows.into_iter().map(|(key, _)| key);
        let changes: Vec<_> = keys.map(|key| Change::Remove(Table::Outbox, key)).collect();
        let dropped = changes.len();
        shared.store.commit(changes)?;
        Ok(dropped)
    })
    .await?;
    output.removed(dropped);
    output.drop_oldest(dropped, most);
    Ok(dropped)
}

/// Waits so long, and keeps the queue within its bound meanwhile. Whether the oldest is another
/// now.
pub(super) async fn pause(core: &Arc<Core>, output: &Output, time: Duration) -> bool {
    let end = Instant::now() + time;
    let mut is_other = false;
    while let Ok(()) = timeout_at(end, output.filled.notified()).await {
        match shorten(core, output).await {
            Ok(dropped) => is_other |= dropped > 0,
            // The next delivery tries it again.
            Err(error) => ReaderFailed {
                reader: "outbox",
                error: &error,
            }
            .emit(),
        }
    }
    is_other
}
