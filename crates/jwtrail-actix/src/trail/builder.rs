use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{Clock, Origin, Pseudonyms};
use tokio::sync::mpsc;

use super::file_sink::FileSink;
use super::lane::Lane;
#[cfg(feature = "outbound")]
use super::monitor_sink::MonitorSink;
#[cfg(feature = "otlp")]
use super::otlp_sink::OtlpSink;
use super::recorder::{Guarantee, Shared, Trail};
use super::sink::Sink;
use super::worker::{Worker, answer};
use crate::told::told;
use crate::{SystemClock, random};

/// Builds a [`Trail`].
///
/// ```
/// use jwtrail_actix::Trail;
/// # let folder = tempfile::tempdir().unwrap();
/// let trail = Trail::builder("orders-api")
///     .version(env!("CARGO_PKG_VERSION"))
///     .instance("orders-1")
///     .file(folder.path().join("audit.ndjson"))
///     .start()?;
/// assert_eq!(trail.origin().instance, "orders-1");
/// # Ok::<(), jwtrail_actix::TrailError>(())
/// ```
#[must_use = "a builder does nothing before `start`"]
pub struct TrailBuilder {
    service: String,
    version: String,
    instance: Option<String>,
    clock: Arc<dyn Clock>,
    destinations: Vec<Destination>,
    heartbeat: Duration,
    queue_bytes: u64,
    guarantee: Guarantee,
    pseudonyms: Option<Arc<Pseudonyms>>,
}

enum Destination {
    File(PathBuf),
    #[cfg(feature = "outbound")]
    Monitor(MonitorSink),
    #[cfg(feature = "otlp")]
    Otlp(OtlpSink),
    Custom(Box<dyn Sink>),
}

impl TrailBuilder {
    pub(super) fn new(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            version: "unknown".to_owned(),
            instance: None,
            clock: Arc::new(SystemClock),
            destinations: Vec::new(),
            heartbeat: HEARTBEAT,
            queue_bytes: QUEUE_BYTES,
            guarantee: Guarantee::default(),
            pseudonyms: None,
        }
    }

    /// The service's version. `unknown` if it isn't given.
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// The name of this instance among those of the service. A random one if it isn't given.
    pub fn instance(mut self, instance: &str) -> Self {
        self.instance = Some(instance.to_owned());
        self
    }

    /// Writes NDJSON to a file, which is appended to and may be rotated from outside. For
    /// rotation of its own and for other formats see [`FileSink`].
    pub fn file(mut self, path: impl AsRef<Path>) -> Self {
        self.destinations
            .push(Destination::File(path.as_ref().to_owned()));
        self
    }

    /// Sends to the monitor.
    #[cfg(feature = "outbound")]
    pub fn monitor(mut self, monitor: MonitorSink) -> Self {
        self.destinations.push(Destination::Monitor(monitor));
        self
    }

    /// Sends to a collector of OpenTelemetry.
    #[cfg(feature = "otlp")]
    pub fn otlp(mut self, collector: OtlpSink) -> Self {
        self.destinations.push(Destination::Otlp(collector));
        self
    }

    /// Adds any other sink.
    pub fn sink(mut self, sink: Box<dyn Sink>) -> Self {
        self.destinations.push(Destination::Custom(sink));
        self
    }

    /// The clock that stamps the records. The machine's if it isn't given.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The time between two heartbeats, 10 s by default, at least 10 ms.
    pub fn heartbeat(mut self, every: Duration) -> Self {
        self.heartbeat = every.max(Duration::from_millis(10));
        self
    }

    /// Puts keyed pseudonyms in the place of subjects and addresses, before a record leaves its
    /// thread: no sink sees the others. An entry of a [`QuarantineList`](crate::QuarantineList)
    /// that names a subject by its pseudonym holds the subject.
    ///
    /// ```
    /// use jwtrail_actix::{Trail, TrailBuilder};
    /// use jwtrail_event::{Pseudonyms, UnusablePseudonymKey};
    ///
    /// fn pseudonymous(secret: &[u8]) -> Result<TrailBuilder, UnusablePseudonymKey> {
    ///     let pseudonyms = Pseudonyms::new("2026", secret)?.keep_peer_addresses();
    ///     Ok(Trail::builder("orders-api").pseudonyms(pseudonyms))
    /// }
    /// ```
    pub fn pseudonyms(mut self, pseudonyms: Pseudonyms) -> Self {
        self.pseudonyms = Some(Arc::new(pseudonyms));
        self
    }

    /// How many bytes may wait in memory for each sink, 16 MiB by default. Half is closed to
    /// pre-verification rejections, a quarter to all but accepted, issued, refreshed, reused and
    /// revoked.
    pub fn queue_bytes(mut self, bytes: u64) -> Self {
        self.queue_bytes = bytes;
        self
    }

    /// Lets the answers of protected requests, and of [`SessionApi`](crate::SessionApi), wait
    /// until their records would outlive the machine: written, or in a spool, and synced to
    /// disk. At most 50 ms of records are lost with the process otherwise.
    ///
    /// Answers wait for every sink that works, but for none longer than two seconds, and count as
    /// kept when one of them has the records.
    pub fn sync(mut self) -> Self {
        self.guarantee.sync = true;
        self
    }

    /// Refuses protected requests, logins and refreshes with 503 while no sink takes records, or
    /// so few that accepted requests would leave none. Each such request is recorded as refused,
    /// which shows once records are taken again.
    ///
    /// Together with [`sync`](Self::sync) the answer to the first request that finds it so is
    /// held back, and 503 given. If its record is taken later, it shows what was held back.
    pub fn required(mut self) -> Self {
        self.guarantee.required = true;
        self
    }

    /// Opens the sinks and starts the trail's threads.
    ///
    /// # Errors
    /// When there is no sink, when one can't be opened, or when the thread can't be started.
    pub fn start(self) -> Result<Trail, TrailError> {
        let boot = random::uuid();
        let instance = self.instance.unwrap_or_else(|| {
            let name = random::span_id().to_string();
            format!("instance-{name}")
        });
        if self.service.is_empty() {
            return Err(TrailError::NoName);
        }
        if self.destinations.is_empty() {
            return Err(TrailError::NoSink {
                service: self.service,
            });
        }
        #[cfg(feature = "outbound")]
        let plain_http = self.destinations.iter().any(Destination::is_plain_http);
        let sinks: Vec<Box<dyn Sink>> = self
            .destinations
            .into_iter()
            .map(Destination::open)
            .collect::<Result<_, _>>()?;
        let lanes: Vec<Lane> = sinks
            .into_iter()
            .map(|sink| Lane::start(sink, self.queue_bytes))
            .collect::<Result<_, _>>()
            .map_err(TrailError::Thread)?;
        let origin = Origin {
            service: self.service,
            service_version: self.version,
            instance,
            boot_id: boot.hyphenated().to_string(),
        };
        let keepers = lanes.iter().map(Lane::keeper).collect();
        let shared = Shared::new(origin, self.clock, self.guarantee, keepers, self.pseudonyms);
        let shared = Arc::new(shared);
        let (send, commands) = mpsc::unbounded_channel();
        let worker = Worker::new(Arc::clone(&shared), lanes, commands, self.heartbeat);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(TrailError::Thread)?;
        let thread = std::thread::Builder::new()
            .name("jwtrail-sinks".to_owned())
            .spawn(move || {
                let stopped = runtime.block_on(worker.run());
                if let Some(done) = stopped {
                    answer(done);
                }
            })
            .map_err(TrailError::Thread)?;
        let trail = Trail::new(shared, send, thread);
        #[cfg(feature = "outbound")]
        if plain_http {
            trail.record_unsafe(crate::issuer_keys::PLAIN_HTTP);
        }
        Ok(trail)
    }
}

impl Destination {
    #[cfg(feature = "outbound")]
    fn is_plain_http(&self) -> bool {
        match self {
            Self::Monitor(monitor) => monitor.is_plain_http(),
            #[cfg(feature = "otlp")]
            Self::Otlp(collector) => collector.is_plain_http(),
            Self::File(_) | Self::Custom(_) => false,
        }
    }

    fn open(self) -> Result<Box<dyn Sink>, TrailError> {
        match self {
            Self::File(path) => Ok(Box::new(FileSink::open(path)?)),
            #[cfg(feature = "outbound")]
            Self::Monitor(monitor) => Ok(Box::new(monitor.deliver()?)),
            #[cfg(feature = "otlp")]
            Self::Otlp(collector) => collector.open(),
            Self::Custom(sink) => Ok(sink),
        }
    }
}

impl fmt::Debug for TrailBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrailBuilder")
            .field("service", &self.service)
            .field("version", &self.version)
            .field("instance", &self.instance)
            .field("sinks", &self.destinations.len())
            .finish_non_exhaustive()
    }
}

/// A trail that could not be started.
///
/// ```
/// use jwtrail_actix::{Trail, TrailError};
/// let nameless = Trail::builder("").start();
/// assert!(matches!(nameless, Err(TrailError::NoName)));
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum TrailError {
    /// The service has no name.
    #[error("a trail needs the name of its service, it stands in every record")]
    NoName,
    /// No sink was given.
    #[error("the trail of `{service}` has nowhere to write: give it a file, a monitor or a sink")]
    NoSink {
        /// The service.
        service: String,
    },
    /// The audit file can't be written.
    #[error("cannot open the audit file {} for appending: check that its folder exists and may be written to", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The spool can't be used.
    #[error("cannot use the spool folder {}: give a folder that this process may write to", path.display())]
    Spool {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process, or another sink, uses the spool.
    #[error("the spool folder {} is in use already: give each instance, and each of its sinks, its own", path.display())]
    SpoolInUse {
        /// The folder.
        path: PathBuf,
    },
    /// The monitor's URL can't be used.
    #[error("the monitor's address `{url}` is not an http or https URL")]
    MonitorUrl {
        /// The URL as given.
        url: String,
    },
    /// The monitor's credential can't stand in a header.
    #[error(
        "the monitor's producer credential is empty or holds characters that no header can carry"
    )]
    MonitorCredential,
    /// The collector's URL can't be used.
    #[error("the collector's address `{url}` is not an http or https URL")]
    CollectorUrl {
        /// The URL.
        url: String,
    },
    /// A header for the collector can't be sent.
    #[error(
        "the collector's header `{name}` is empty or holds characters that no header can carry"
    )]
    CollectorHeader {
        /// The header.
        name: String,
    },
    /// A secret would go over an unprotected connection.
    #[error(
        "{what} would go to {place} over http, where anybody on the way can read it; use https, or \
         `dangerous_plain_http`"
    )]
    PlainHttp {
        /// The secret.
        what: &'static str,
        /// Host and port.
        place: String,
    },
    /// The HTTP client can't be built.
    #[cfg(feature = "outbound")]
    #[error("cannot set up the client that sends audit records")]
    Client(#[from] crate::OutboundError),
    /// The thread or its runtime can't be started.
    #[error("cannot start the trail's thread")]
    Thread(#[source] io::Error),
}

impl fmt::Debug for TrailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(self, f)
    }
}

const HEARTBEAT: Duration = Duration::from_secs(10);
const QUEUE_BYTES: u64 = 16 * 1024 * 1024;
