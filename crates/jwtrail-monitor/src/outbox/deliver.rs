use std::sync::Arc;
use std::time::Duration;

use jwtrail_store::{Change, Scan, StoreError, Table};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Output, prefix, signature};
use crate::core::Core;
use crate::internal_events::{OutputFailed, OutputRecovered, ReaderFailed};
use crate::{WebhookClient, WebhookRequest};

/// Delivers what waits for one output, oldest first, until the monitor stops.
pub(crate) async fn deliver(
    core: Arc<Core>,
    at: usize,
    client: Arc<dyn WebhookClient>,
    mut stopped: watch::Receiver<bool>,
) {
    tokio::select! {
        () = queue(&core, at, &*client) => {}
        // An error means that the monitor is gone: time to end as well.
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
}

async fn queue(core: &Arc<Core>, at: usize, client: &dyn WebhookClient) {
    let Some(output) = core.outputs.get(at) else {
        return;
    };
    let mut backoff = core.limits.webhook_backoff;
    loop {
        let sent = match next(core, at).await {
            Ok(None) => {
                // The time out is for a commit whose notification this task slept through.
                drop(timeout(IDLE, output.filled.notified()).await);
                continue;
            }
            Ok(Some((key, body))) => match post(core, output, client, &key, &body).await {
                Ok(()) => remove(core, key).await.map_err(|error| error.to_string()),
                Err(problem) => Err(problem),
            },
            Err(error) => {
                ReaderFailed {
                    reader: "outbox",
                    error: &error,
                }
                .emit();
                Err(error.to_string())
            }
        };
        match sent {
            Ok(()) => {
                output.removed();
                backoff = core.limits.webhook_backoff;
                if output.set_error(None) {
                    OutputRecovered {
                        output: &output.webhook.name,
                    }
                    .emit();
                }
            }
            Err(problem) => {
                if !output.set_error(Some(problem.clone())) {
                    OutputFailed {
                        output: &output.webhook.name,
                        problem: &problem,
                    }
                    .emit();
                }
                sleep(backoff).await;
                backoff = backoff
                    .saturating_mul(2)
                    .min(core.limits.webhook_backoff_max);
            }
        }
    }
}

async fn post(
    core: &Core,
    output: &Output,
    client: &dyn WebhookClient,
    key: &[u8],
    body: &[u8],
) -> Result<(), String> {
    let timestamp = core.clock.now().as_seconds().to_string();
    let signature = signature::sign(output.webhook.secret.expose(), &timestamp, body);
    // Prefix and time, then the id, a colon, the notice.
    let identity = key.get(prefix(&output.webhook.name).len() + 8..);
    let identity = String::from_utf8_lossy(identity.unwrap_or_default()).into_owned();
    let alert = identity.split(':').next().unwrap_or_default().to_owned();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("x-jwtrail-timestamp", timestamp),
        ("x-jwtrail-signature", signature),
        ("x-jwtrail-alert-id", alert),
        ("x-jwtrail-idempotency-key", identity),
    ];
    let request = WebhookRequest {
        url: output.webhook.url.expose(),
        headers: &headers,
        body,
    };
    match timeout(DEADLINE, client.post(request)).await {
        Ok(Ok(status)) if (200..300).contains(&status) => Ok(()),
        Ok(Ok(status)) => Err(format!("the webhook answered with status {status}")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the webhook did not answer in time".to_owned()),
    }
}

async fn next(core: &Arc<Core>, at: usize) -> Result<Option<(Vec<u8>, Vec<u8>)>, StoreError> {
    let core = Arc::clone(core);
    blocking(move || {
        let Some(output) = core.outputs.get(at) else {
            return Ok(None);
        };
        let rows = core.store.scan(&Scan {
            prefix: &prefix(&output.webhook.name),
            limit: 1,
            ..Scan::all(Table::Outbox)
        })?;
        Ok(rows.into_iter().next())
    })
    .await
}

async fn remove(core: &Arc<Core>, key: Vec<u8>) -> Result<(), StoreError> {
    let core = Arc::clone(core);
    blocking(move || core.store.commit(vec![Change::Remove(Table::Outbox, key)])).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or(Err(StoreError::Closed))
}

const IDLE: Duration = Duration::from_secs(5);
/// The client has its own; this one is for a client that has none.
const DEADLINE: Duration = Duration::from_secs(30);
