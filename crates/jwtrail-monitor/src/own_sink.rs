use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use jwtrail_actix::{Batch, Drops, Sink, SinkError};
use jwtrail_event::{Clock, Record, Text};
use tokio::task::JoinSet;

use crate::core::Store;
use crate::producers::OWN_SERVICE;

/// Puts the monitor's own records into its own log.
pub(crate) struct OwnSink {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    lost: Arc<Mutex<Drops>>,
    under_way: JoinSet<()>,
}

impl OwnSink {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            lost: Arc::default(),
            under_way: JoinSet::new(),
        }
    }
}

impl Sink for OwnSink {
    fn name(&self) -> &str {
        "log"
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let now = self.clock.now();
        let mut lines = jwtrail_store::Batch::new();
        let mut drops = Drops::default();
        for (kind, line) in batch.lines() {
            drops.add(kind, 1);
            let mut record = Record::read(line).map_err(SinkError::new)?;
            record.producer = Some(Text::from(OWN_SERVICE));
            record.received_at = Some(now);
            lines.push(&record);
        }
        let appending = self.store.append(lines);
        let lost = Arc::clone(&self.lost);
        self.under_way.spawn(async move {
            if appending.await.is_err() {
                lost.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .merge(&drops);
            }
        });
        while self.under_way.try_join_next().is_some() {}
        Ok(())
    }

    fn lost(&mut self) -> Drops {
        std::mem::take(&mut *self.lost.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn close(&mut self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async { while self.under_way.join_next().await.is_some() {} })
    }
}
