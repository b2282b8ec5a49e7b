#[cfg(feature = "smtp")]
mod mail;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jwtrail_store::{Change, Row, Scan, StoreError, Table};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{Output, append, bound, format, signature};
use crate::core::Core;
use crate::internal_events::{OutputFailed, OutputGaveUp, ReaderFailed};
use crate::{AlertFormat, AlertTarget, WebhookClient, WebhookRequest};

/// Delivers what waits for one output, oldest first, until the monitor stops.
pub(crate) async fn deliver(
    core: Arc<Core>,
    at: usize,
    client: Option<Arc<dyn WebhookClient>>,
    mut stopped: watch::Receiver<bool>,
) {
    tokio::select! {
        () = queue(&core, at, client.as_deref()) => {}
        // An error means that the monitor is gone: time to end as well.
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
}

async fn queue(core: &Arc<Core>, at: usize, client: Option<&dyn WebhookClient>) {
    let Some(output) = core.outputs.get(at) else {
        return;
    };
    let mut backoff = core.limits.webhook_backoff;
    let mut refusals = 0;
    loop {
        let sent = match oldest(core, output, &mut refusals).await {
            Ok(None) => {
                // The time out is for a commit whose notification this task slept through.
                drop(timeout(IDLE, output.filled.notified()).await);
                continue;
            }
            Ok(Some((key, body))) => match hand_over(core, output, client, &key, &body).await {
                Ok(()) => remove(core, key).await.map_err(|error| error.to_string()),
                Err(failure) => {
                    refusals += u32::from(matches!(failure, Failure::Refused(_)));
                    let tried = refusals >= core.limits.webhook_attempts;
                    let problem = match failure {
                        Failure::Away(problem) => Err(problem),
                        Failure::Refused(problem) if !tried => Err(problem),
                        Failure::Refused(problem) | Failure::ForGood(problem) => Ok(problem),
                    };
                    match problem {
                        Err(problem) => Err(problem),
                        Ok(problem) => match park(core, output, key, body).await {
                            Err(error) => Err(error.to_string()),
                            Ok(()) => {
                                (refusals, backoff) = (0, core.limits.webhook_backoff);
                                OutputGaveUp {
                                    output: &output.to.name,
                                    reader: output.reader(),
                                    problem: &problem,
                                }
                                .emit();
                                output.set_error(Some(problem));
                                continue;
                            }
                        },
                    }
                }
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
                output.removed(1);
                refusals = 0;
                backoff = core.limits.webhook_backoff;
                output.works();
            }
            Err(problem) => {
                if !output.set_error(Some(problem.clone())) {
                    OutputFailed {
                        output: &output.to.name,
                        reader: output.reader(),
                        problem: &problem,
                    }
                    .emit();
                }
                if bound::pause(core, output, backoff).await {
                    refusals = 0;
                }
                backoff = backoff
                    .saturating_mul(2)
                    .min(core.limits.webhook_backoff_max);
            }
        }
    }
}

async fn hand_over(
    core: &Core,
    output: &Output,
    client: Option<&dyn WebhookClient>,
    key: &[u8],
    notice: &[u8],
) -> Result<(), Failure> {
    let now = core.clock.now();
    let format = output.to.format;
    let body =
        || format::body(format, notice, now).ok_or_else(|| Failure::Refused(UNREADABLE.to_owned()));
    match &output.to.target {
        AlertTarget::File(path) => {
            let (path, body) = (path.clone(), body()?);
            let written = spawn_blocking(move || append::line(&path, &body)).await;
            let written = written.unwrap_or_else(|ended| Err(ended.into()));
            written.map_err(|error| Failure::Away(format!("cannot write the file: {error}")))
        }
        AlertTarget::Url { url, secret } => {
            let body = body()?;
            let mut headers = vec![("content-type", "application/json".to_owned())];
            if let Some(secret) = secret
                && format == AlertFormat::Otlp
            {
                headers.push(("authorization", format!("Bearer {}", secret.expose())));
            } else if let Some(secret) = secret {
                let timestamp = now.as_seconds().to_string();
                let signature = signature::sign(secret.expose(), &timestamp, &body);
                headers.push(("x-jwtrail-timestamp", timestamp));
                headers.push(("x-jwtrail-signature", signature));
            }
            // Prefix and time, then the id, a colon, the notice.
            let identity = output.queue.rest(key).get(8..).unwrap_or_default();
            let identity = String::from_utf8_lossy(identity).into_owned();
            let alert = identity.split(':').next().unwrap_or_default().to_owned();
            headers.push(("x-jwtrail-alert-id", alert));
            headers.push(("x-jwtrail-idempotency-key", identity));
            let url = format::url(format, url.expose());
            let request = WebhookRequest {
                url: &url,
                headers: &headers,
                body: &body,
            };
            let client = client.ok_or_else(|| Failure::Away("there is no client".to_owned()))?;
            let answer = post(client, request).await?;
            match format::is_rejected(format, &answer) {
                true => Err(Failure::Refused(
                    "the collector does not keep it".to_owned(),
                )),
                false => Ok(()),
            }
        }
        #[cfg(feature = "smtp")]
        AlertTarget::Mail(server) => mail::send(server, output.reader(), notice, now).await,
    }
}

async fn post(client: &dyn WebhookClient, request: WebhookRequest<'_>) -> Result<Vec<u8>, Failure> {
    match timeout(DEADLINE, client.post(request)).await {
        Ok(Ok(reply)) if (200..300).contains(&reply.status) => Ok(reply.body),
        Ok(Ok(reply)) => Err(Failure::answered(reply.status)),
        Ok(Err(error)) => Err(Failure::Away(error.to_string())),
        Err(_) => Err(Failure::Away(
            "the webhook did not answer in time".to_owned(),
        )),
    }
}

/// Why a notice was not delivered.
enum Failure {
    /// The output is away or busy: it is tried for as long as it takes.
    Away(String),
    /// The output does not want it: it is tried a few times.
    Refused(String),
    /// It never will be: there is nothing to try again.
    #[cfg_attr(
        not(feature = "smtp"),
        expect(dead_code, reason = "mail servers say so")
    )]
    ForGood(String),
}

impl Failure {
    fn answered(status: u16) -> Self {
        let problem = format!("the webhook answered with status {status}");
        match status {
            // Time, too early, too many: to come again is what they ask for.
            408 | 425 | 429 => Self::Away(problem),
            // Redirects are not followed.
            300..=499 => Self::Refused(problem),
            _ => Self::Away(problem),
        }
    }
}

/// Sets a notice aside that the output refuses, so that the others come through.
async fn park(
    core: &Arc<Core>,
    output: &Output,
    key: Vec<u8>,
    body: Vec<u8>,
) -> Result<(), StoreError> {
    let prefix = output.queue.prefix().to_vec();
    let shared = Arc::clone(core);
    let dropped = blocking(move || {
        let mut changes = vec![
            Change::Remove(Table::Outbox, key.clone()),
            Change::Put(Table::Parked, key, body),
        ];
        let parked = shared.store.scan(&Scan {
            prefix: &prefix,
            limit: MOST_PARKED,
            ..Scan::all(Table::Parked)
        })?;
        let full = parked.len() == MOST_PARKED;
        let oldest = parked.into_iter().next().filter(|_| full);
        changes.extend(oldest.map(|(key, _)| Change::Remove(Table::Parked, key)));
        shared.store.commit(changes)?;
        Ok(usize::from(full))
    })
    .await?;
    output.drop_oldest(dropped, MOST_PARKED as u64);
    output.removed(1);
    output.parked.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// What is delivered next, of a queue within its bound. Refusals are of the one before if that
/// had to go.
async fn oldest(
    core: &Arc<Core>,
    output: &Output,
    refusals: &mut u32,
) -> Result<Option<Row>, StoreError> {
    if bound::shorten(core, output).await? > 0 {
        *refusals = 0;
    }
    let prefix = output.queue.prefix().to_vec();
    let core = Arc::clone(core);
    blocking(move || {
        let rows = core.store.scan(&Scan {
            prefix: &prefix,
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

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = spawn_blocking(work).await;
    done.unwrap_or(Err(StoreError::Closed))
}

const UNREADABLE: &str = "the notice can't be read";
/// Notices of an output that are kept aside; then the oldest go.
const MOST_PARKED: usize = 1_000;
const IDLE: Duration = Duration::from_secs(5);
/// The client has its own; this one is for a client that has none.
const DEADLINE: Duration = Duration::from_secs(30);
