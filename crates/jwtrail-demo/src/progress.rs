use std::fmt;
use std::sync::Arc;

use jwtrail_actix::Outbound;

/// What happens while the demo is played. Its `Display` is a line for people.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// The monitor is there.
    Monitor {
        /// Its address.
        url: String,
        /// A link that logs a browser in, once; none for a monitor of somebody else's.
        login_link: Option<String>,
    },
    /// The example service is there.
    Service {
        /// Its address.
        url: String,
    },
    /// An attack begins.
    AttackStarted {
        /// The attack.
        id: &'static str,
        /// What is done.
        title: &'static str,
    },
    /// The monitor shows every alert of an attack.
    AttackAlerted {
        /// The attack.
        id: &'static str,
        /// Seconds from the attack's first request.
        seconds: f64,
    },
    /// The monitor does not answer; the service's records wait on disk.
    MonitorAway,
    /// The monitor answers again.
    MonitorBack,
    /// The traffic has ended, and the records are counted.
    Counting {
        /// Requests sent to protected routes.
        requests: u64,
    },
    /// How much traffic there was so far.
    Traffic {
        /// Requests sent to protected routes.
        requests: u64,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Monitor { url, login_link } => match login_link {
                Some(link) => write!(f, "dashboard: {link}"),
                None => write!(f, "monitor: {}", Outbound::shown(url)),
            },
            Self::Service { url } => write!(f, "example service: {url} (try {url}/openapi.json)"),
            Self::AttackStarted { id, title } => write!(f, "attack {id}: {title}"),
            Self::AttackAlerted { id, seconds } => write!(f, "alert for {id} after {seconds:.1} s"),
            Self::MonitorAway => f.write_str("the monitor is away; records wait on disk"),
            Self::MonitorBack => f.write_str("the monitor is back"),
            Self::Counting { requests } => {
                write!(f, "{requests} requests sent; waiting for their records")
            }
            Self::Traffic { requests } => write!(f, "{requests} requests so far"),
        }
    }
}

/// Who is told of the progress.
#[derive(Clone, Default)]
pub(crate) struct Listener(Option<Arc<Callback>>);

type Callback = dyn Fn(&Progress) + Send + Sync;

impl Listener {
    pub(crate) fn new(listener: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(crate) fn tell(&self, progress: &Progress) {
        if let Some(listener) = &self.0 {
            listener(progress);
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener(..)")
    }
}
