use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jwtrail_event::SecretToken;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::TrailError;
use super::batch::{Batch, Drops};
use super::sink::{Sink, SinkError};
use super::spool::Spool;
use crate::Outbound;
use sender::Sender;

mod sender;

/// Where a monitor is and how to reach it.
///
/// Everything goes through a spool on disk, so that what the monitor has not acknowledged
/// outlives both a monitor that is away and a restart of the service. Each instance needs a
/// spool folder of its own.
///
/// ```no_run
/// use jwtrail_actix::{MonitorSink, Trail};
/// use jwtrail_event::SecretToken;
///
/// let credential = SecretToken::new(std::fs::read_to_string("/run/secrets/jwtrail")?);
/// let monitor = MonitorSink::new("https://audit.example", credential, "/var/spool/orders-api");
/// let trail = Trail::builder("orders-api").monitor(monitor).start()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MonitorSink {
    url: String,
    credential: SecretToken,
    spool_folder: PathBuf,
    spool_bytes: u64,
}

impl MonitorSink {
    /// The monitor at `url` (scheme, host and port), with the credential that it gave to this
    /// producer and the folder for what it has not taken yet.
    pub fn new(url: &str, credential: SecretToken, spool_folder: impl AsRef<Path>) -> Self {
        Self {
            url: url.to_owned(),
            credential,
            spool_folder: spool_folder.as_ref().to_owned(),
            spool_bytes: SPOOL_BYTES,
        }
    }

    /// How many bytes the spool may hold, 256 MiB by default. Half is closed to pre-verification
    /// rejections, a quarter to all but accepted, issued, refreshed, reused and revoked.
    #[must_use]
    pub fn spool_bytes(mut self, bytes: u64) -> Self {
        self.spool_bytes = bytes;
        self
    }
}

/// The sink at work: it keeps batches in the spool, a task delivers them.
pub(super) struct MonitorDelivery {
    name: String,
    state: Arc<State>,
    sender: Option<Sender>,
    task: Option<JoinHandle<()>>,
}

impl MonitorDelivery {
    pub(super) fn open(monitor: MonitorSink) -> Result<Self, TrailError> {
        let spool = Spool::open(&monitor.spool_folder, monitor.spool_bytes)?;
        let state = Arc::new(State {
            spool: Mutex::new(spool),
            lost: Mutex::default(),
            filled: Notify::new(),
            closing: Notify::new(),
            closed: AtomicBool::new(false),
        });
        // The operator names the monitor, which mostly stands in a private network.
        let client = Outbound::builder().allow_private_targets().build()?;
        let base = monitor.url.trim_end_matches('/');
        let url = format!("{base}/api/v1/events");
        if !client.is_usable(&url) {
            return Err(TrailError::MonitorUrl { url: monitor.url });
        }
        let credential = monitor.credential.expose().trim();
        if credential.is_empty() || !credential.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TrailError::MonitorCredential);
        }
        let credential = SecretToken::new(credential.to_owned());
        Ok(Self {
            name: format!("monitor:{base}"),
            sender: Some(Sender::new(Arc::clone(&state), client, url, credential)),
            state,
            task: None,
        })
    }
}

impl Sink for MonitorDelivery {
    fn name(&self) -> &str {
        &self.name
    }

    fn started(&mut self) {
        self.task = self.sender.take().map(|sender| tokio::spawn(sender.run()));
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let drops = self.state.spool().append(batch).map_err(SinkError::new)?;
        self.state.lost().merge(&drops);
        self.state.filled.notify_one();
        Ok(())
    }

    fn lost(&mut self) -> Drops {
        std::mem::take(&mut *self.state.lost())
    }

    /// One more attempt for each batch; what can't be delivered now stays in the spool.
    fn close(&mut self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.state.closed.store(true, Ordering::Release);
        self.state.filled.notify_one();
        self.state.closing.notify_one();
        Box::pin(async {
            if let Some(task) = self.task.take()
                && task.await.is_err()
            {
                crate::internal_events::SinkThreadPanicked.emit();
            }
        })
    }
}

/// What the sink and its task share.
pub(super) struct State {
    spool: Mutex<Spool>,
    lost: Mutex<Drops>,
    filled: Notify,
    closing: Notify,
    closed: AtomicBool,
}

impl State {
    fn spool(&self) -> MutexGuard<'_, Spool> {
        self.spool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self) -> MutexGuard<'_, Drops> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

const SPOOL_BYTES: u64 = 256 * 1024 * 1024;
