use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jwtrail_detect::RuleSettings;
use jwtrail_store::Retention;

use crate::{
    AlertOutput, MonitorError, QuarantinePolicy, ResponsePolicy, WebhookClient, check, producers,
};

/// What a monitor is started with.
///
/// ```
/// use jwtrail_monitor::MonitorConfig;
/// let config = MonitorConfig::new("127.0.0.1:7780".parse().unwrap(), "/var/lib/jwtrail");
/// assert!(config.rules.is_none(), "the shipped rules");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MonitorConfig {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The directory that holds the log, its state, the signing key and the producers. It is
    /// made if it is not there, and belongs to one process at a time.
    pub data: PathBuf,
    /// The origin that browsers see, such as `https://jwtrail.example`, where a proxy stands
    /// in between. The address that is listened on if it isn't given.
    pub public_url: Option<String>,
    /// A directory of rule files to use instead of the shipped rules.
    pub rules: Option<PathBuf>,
    /// Rules that are switched off, by name. Those files that hold them are read all the same.
    pub disabled_rules: Vec<String>,
    /// What is set of single rules in the place of the defaults in their files, by name.
    pub rule_settings: BTreeMap<String, RuleSettings>,
    /// Where alerts are sent: any number of places, each with a queue of its own.
    pub outputs: Vec<AlertOutput>,
    /// What sends to those that are URLs; needed if there are any.
    pub webhook_client: Option<Arc<dyn WebhookClient>>,
    /// How much of the log is kept. Default 10 GiB and 30 days.
    pub retention: Retention,
    /// What may be put under quarantine or revoked.
    pub quarantine: QuarantinePolicy,
    /// Which rules put tokens and families under quarantine by themselves.
    pub responses: ResponsePolicy,
    /// What may come from outside.
    pub limits: Limits,
}

impl MonitorConfig {
    /// A monitor with the shipped rules, no outputs and the default limits.
    #[must_use]
    pub fn new(listen: SocketAddr, data: impl Into<PathBuf>) -> Self {
        Self {
            listen,
            data: data.into(),
            public_url: None,
            rules: None,
            disabled_rules: Vec::new(),
            rule_settings: BTreeMap::new(),
            outputs: Vec::new(),
            webhook_client: None,
            retention: Retention {
                max_bytes: Some(10 << 30),
                max_age: Some(Duration::from_secs(30 * 24 * 60 * 60)),
            },
            quarantine: QuarantinePolicy::default(),
            responses: ResponsePolicy::default(),
            limits: Limits::default(),
        }
    }
}

impl MonitorConfig {
    /// Whether it can be used, as far as that can be said before anything is opened.
    ///
    /// # Errors
    ///
    /// When an output, the quarantine's policy or the public address is wrong.
    pub fn check(&self) -> Result<(), MonitorError> {
        check::config(self)
    }

    /// Whether a service of this name can be a producer of events.
    ///
    /// # Errors
    ///
    /// When the name is empty, too long, has other characters than `[A-Za-z0-9._-]`, or is the
    /// monitor's own.
    pub fn check_service(name: &str) -> Result<(), MonitorError> {
        producers::check(name, &[name])
    }
}

/// What may come from outside, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of a body of events. Default 4 MiB.
    pub ingest_bytes: usize,
    /// The most lines of a body of events. Default 20,000.
    pub ingest_lines: usize,
    /// How long a body of events may take. Default 30 s.
    pub ingest_deadline: Duration,
    /// The most bodies of events taken in at once. Default 16.
    pub ingest_at_once: usize,
    /// The most of these from one producer. Default 4.
    pub ingest_at_once_each: usize,
    /// How long the body of a login may take. Default 5 s.
    pub login_deadline: Duration,
    /// Wrong codes and credentials that one address may present at once before it has to wait,
    /// a second for each. Default 20.
    pub guess_burst: u32,
    /// Events a second that one producer may send. Default 20,000.
    pub events_per_second: u32,
    /// Events that one producer may send at once. Default 200,000.
    pub event_burst: u32,
    /// The most streams to dashboards at once. Default 64.
    pub streams: usize,
    /// The most services that wait for changes of the quarantine list at once. Default 512.
    pub quarantine_waiters: usize,
    /// The most of these with the credential of one producer. Default 128.
    pub quarantine_waiters_each: usize,
    /// The most HTTP connections at once, for each worker. Default 1,024.
    pub connections: usize,
    /// The wait after the first failed delivery to a webhook; it doubles up to
    /// `webhook_backoff_max`. Default 1 s.
    pub webhook_backoff: Duration,
    /// The longest wait between deliveries. Default 5 min.
    pub webhook_backoff_max: Duration,
    /// Attempts after which an alert that the webhook refuses (a 3xx or 4xx other than 408,
    /// 425 and 429) is set aside until the next start. Default 8.
    pub webhook_attempts: u32,
    /// Notices that may wait for one output, or for one reader of its mail; beyond, the oldest are
    /// dropped and counted. Default 10,000: some 50 MB on disk, and more than anybody reads who
    /// comes back to it. The alerts themselves stay in the monitor.
    pub output_queue: u64,
    /// Bytes that the disk must keep free; below that events are refused. Default 256 MiB.
    pub disk_reserve: u64,
    /// The time between two looks for what is too old or too much. Default 30 s.
    pub retain_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ingest_bytes: 4 << 20,
            ingest_lines: 20_000,
            ingest_deadline: Duration::from_secs(30),
            ingest_at_once: 16,
            ingest_at_once_each: 4,
            login_deadline: Duration::from_secs(5),
            guess_burst: 20,
            events_per_second: 20_000,
            event_burst: 200_000,
            streams: 64,
            quarantine_waiters: 512,
            quarantine_waiters_each: 128,
            connections: 1_024,
            webhook_backoff: Duration::from_secs(1),
            webhook_backoff_max: Duration::from_secs(300),
            webhook_attempts: 8,
            output_queue: 10_000,
            disk_reserve: 256 << 20,
            retain_every: Duration::from_secs(30),
        }
    }
}
