use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jwtrail_event::SecretToken;

use crate::Progress;
use crate::progress::Listener;

/// How the demo is played.
///
/// ```
/// use jwtrail_demo::DemoOptions;
/// let options = DemoOptions::new().progress(|progress| tracing_like(&progress.to_string()));
/// # fn tracing_like(_: &str) {}
/// ```
#[derive(Clone, Debug, Default)]
pub struct DemoOptions {
    pub(crate) monitor: Option<ExternalMonitor>,
    pub(crate) data: Option<PathBuf>,
    pub(crate) listener: Listener,
    pub(crate) visits: Option<u32>,
    pub(crate) patience: Option<Duration>,
}

impl DemoOptions {
    /// A demo with a monitor of its own and a folder that is removed at the end.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Uses a monitor that runs already.
    #[must_use]
    pub fn monitor(mut self, monitor: ExternalMonitor) -> Self {
        self.monitor = Some(monitor);
        self
    }

    /// Keeps the demo's data (the monitor's log, the service's spool) in this folder.
    #[must_use]
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// Tells what happens while it happens.
    #[must_use]
    pub fn progress(mut self, listener: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.listener = Listener::new(listener);
        self
    }

    /// How many requests each honest client sends in a run that ends; 60 by default.
    #[must_use]
    pub fn visits(mut self, requests: u32) -> Self {
        self.visits = Some(requests);
        self
    }

    /// How long each thing that must come is waited for: an alert, the records, a monitor that
    /// is away; 120 s by default.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }
}

/// A monitor that runs already, and what it takes to use it.
#[derive(Clone)]
pub struct ExternalMonitor {
    pub(crate) url: String,
    pub(crate) producer_credential: SecretToken,
    pub(crate) access_token: SecretToken,
}

impl ExternalMonitor {
    /// The monitor at this URL; the credential that writes events as `orders-api`, and the
    /// token that reads alerts.
    #[must_use]
    pub fn new(
        url: impl Into<String>,
        producer_credential: SecretToken,
        access_token: SecretToken,
    ) -> Self {
        Self {
            url: url.into(),
            producer_credential,
            access_token,
        }
    }
}

impl fmt::Debug for ExternalMonitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalMonitor")
            .field("url", &jwtrail_actix::Outbound::shown(&self.url))
            .finish_non_exhaustive()
    }
}
