use std::time::Duration;

use jwtrail_scan::{LogSource, ObservedRecord, UnreadableLog};

/// Polls until so many records are there.
pub(crate) async fn records(source: &mut dyn LogSource, count: usize) -> Vec<ObservedRecord> {
    let mut records = Vec::new();
    let polling = async {
        while records.len() < count {
            records.extend(source.poll().await.unwrap());
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, polling).await.unwrap();
    records
}

/// Polls until the source fails.
pub(crate) async fn failure(source: &mut dyn LogSource) -> UnreadableLog {
    let polling = async {
        loop {
            if let Err(error) = source.poll().await {
                return error;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, polling).await.unwrap()
}

/// Waits until something is so.
pub(crate) async fn so(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

const PATIENCE: Duration = Duration::from_secs(30);
