mod export;

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jwtrail_event::SecretToken;
use prost::Message as _;
use tokio::sync::oneshot;

use super::Metrics;
use crate::internal_events::{MetricsNotTaken, MetricsTaken};
use crate::issuer_keys::PLAIN_HTTP;
use crate::outbound::{Target, has_credentials, place, shown};
use crate::told::told;
use crate::trail::header_credential;
use crate::{Outbound, OutboundError};

/// Sends metrics to a collector of OpenTelemetry (OTLP/HTTP with protobuf), again and again.
///
/// They are the ones that [`Metrics`] answers Prometheus with, by the same names: sums since the
/// trail's start, gauges and one histogram. What a collector misses while it is away is in the
/// next sums; nothing is kept for it.
///
/// ```no_run
/// use jwtrail_actix::{Metrics, OtlpMetrics, Trail};
///
/// # async fn example(trail: Trail) -> Result<(), jwtrail_actix::OtlpMetricsError> {
/// let metrics = Metrics::of(&trail);
/// let export = OtlpMetrics::http("http://127.0.0.1:4318", metrics).start()?;
/// // ... the service runs ...
/// trail.stop().await;
/// export.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent before `start`"]
pub struct OtlpMetrics {
    metrics: Metrics,
    url: Target,
    headers: Vec<(String, SecretToken)>,
    every: Duration,
    plain_http: bool,
}

impl OtlpMetrics {
    /// To a collector at `url` (scheme, host and port; the path `/v1/metrics` is added).
    pub fn http(url: &str, metrics: Metrics) -> Self {
        Self {
            metrics,
            url: Target(format!("{}/v1/metrics", url.trim_end_matches('/'))),
            headers: Vec::new(),
            every: EVERY,
            plain_http: false,
        }
    }

    /// Sends a credential as `Authorization: Bearer`.
    pub fn bearer(self, credential: &SecretToken) -> Self {
        let value = format!("Bearer {}", credential.expose().trim());
        self.header("authorization", SecretToken::new(value))
    }

    /// Sends a header with everything, such as the API key of a hosted collector.
    pub fn header(mut self, name: &str, value: SecretToken) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }

    /// Sends headers and credentials over `http` to another machine, where whoever is on the way
    /// can read them. Written to the trail as `config.unsafe`. Addresses of this machine
    /// (`localhost`, `127.0.0.0/8`, `::1`) need no such leave.
    pub fn dangerous_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The time between two exports, 60 s by default, at least 10 ms.
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every.max(Duration::from_millis(10));
        self
    }

    /// Begins to send, on a thread of its own.
    ///
    /// # Errors
    /// When the URL or a header can't be used, or the client or the thread can't be started.
    pub fn start(mut self) -> Result<OtlpMetricsExport, OtlpMetricsError> {
        for (name, value) in &mut self.headers {
            let usable = header_credential(value);
            *value = usable.ok_or_else(|| OtlpMetricsError::Header { name: name.clone() })?;
        }
        // The operator names the collector, which mostly stands in a private network.
        let client = Outbound::builder().allow_private_targets().build()?;
        if !client.is_usable(&self.url) {
            return Err(OtlpMetricsError::Url {
                url: shown(&self.url),
            });
        }
        let secret = !self.headers.is_empty() || has_credentials(&self.url);
        if secret && !self.plain_http && !client.protects(&self.url) {
            return Err(OtlpMetricsError::PlainHttp {
                place: place(&self.url),
            });
        }
        if self.plain_http {
            self.metrics.trail.record_unsafe(PLAIN_HTTP);
        }
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(OtlpMetricsError::Thread)?;
        std::thread::Builder::new()
            .name("jwtrail-metrics".to_owned())
            .spawn(move || runtime.block_on(self.run(&client, stopped)))
            .map_err(OtlpMetricsError::Thread)?;
        Ok(OtlpMetricsExport {
            stop: Mutex::new(Some(stop)),
        })
    }

    async fn run(self, client: &Outbound, mut stop: oneshot::Receiver<oneshot::Sender<()>>) {
        let mut well = true;
        loop {
            let asked = tokio::time::timeout(self.every, &mut stop).await;
            if let Ok(Err(_)) = asked {
                return;
            }
            well = self.export(client, well).await;
            if let Ok(Ok(done)) = asked {
                // An error means that nobody waits for it.
                done.send(()).ok();
                return;
            }
        }
    }

    /// Whether the collector took it.
    async fn export(&self, client: &Outbound, before: bool) -> bool {
        let body = export::of(&self.metrics).encode_to_vec();
        let mut request = client
            .post(&self.url)
            .header("content-type", "application/x-protobuf");
        for (name, value) in &self.headers {
            request = request.secret_header(name, value);
        }
        let problem = match request.body(body).send().await {
            Ok(answer) if (200..300).contains(&answer.status()) => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        match (&problem, before) {
            (Some(problem), true) => MetricsNotTaken {
                url: &self.url,
                problem,
            }
            .emit(),
            (None, false) => MetricsTaken { url: &self.url }.emit(),
            _ => {}
        }
        problem.is_none()
    }
}

/// An export that goes on until it is stopped or dropped.
///
/// ```no_run
/// # async fn example(export: jwtrail_actix::OtlpMetricsExport) {
/// export.stop().await;
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the export ends when it is dropped"]
pub struct OtlpMetricsExport {
    stop: Mutex<Option<oneshot::Sender<oneshot::Sender<()>>>>,
}

impl OtlpMetricsExport {
    /// Sends a last time, and ends. A second call does nothing.
    pub async fn stop(&self) {
        let running = {
            let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
            stop.take()
        };
        if let Some(stop) = running {
            let (done, wait) = oneshot::channel();
            // An error means that the thread has ended: there is nothing left to wait for.
            stop.send(done).ok();
            wait.await.ok();
        }
    }
}

/// Why metrics can't be sent.
///
/// ```
/// use jwtrail_actix::{Metrics, OtlpMetrics, OtlpMetricsError, Trail};
///
/// # let folder = tempfile::tempdir().unwrap();
/// let trail = Trail::builder("orders-api").file(folder.path().join("a")).start()?;
/// let export = OtlpMetrics::http("collector", Metrics::of(&trail)).start();
/// assert!(matches!(export, Err(OtlpMetricsError::Url { .. })));
/// # Ok::<(), jwtrail_actix::TrailError>(())
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OtlpMetricsError {
    /// The collector's URL can't be used.
    #[error("the collector's address `{url}` is not an http or https URL")]
    Url {
        /// The URL.
        url: String,
    },
    /// A header for the collector can't be sent.
    #[error(
        "the collector's header `{name}` is empty or holds characters that no header can carry"
    )]
    Header {
        /// The header.
        name: String,
    },
    /// A secret would go over an unprotected connection.
    #[error(
        "the collector's credential would go to {place} over http, where anybody on the way can \
         read it; use https, or `dangerous_plain_http`"
    )]
    PlainHttp {
        /// Host and port.
        place: String,
    },
    /// The HTTP client can't be built.
    #[error("cannot set up the client that sends metrics")]
    Client(#[from] OutboundError),
    /// The thread or its runtime can't be started.
    #[error("cannot start the thread that sends metrics")]
    Thread(#[source] io::Error),
}

impl fmt::Debug for OtlpMetricsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(self, f)
    }
}

/// As OpenTelemetry's own exporters do.
const EVERY: Duration = Duration::from_secs(60);
