use std::path::{Path, PathBuf};

use jwtrail_event::SecretToken;

use super::TrailError;
use super::delivery::{Courier, Delivery, SPOOL_BYTES, header_credential};
use super::sink::Sink;
use crate::Outbound;
use crate::outbound::{Target, has_credentials, place, shown};
use http::{Encoding, HttpCourier};

mod answer;
#[cfg(feature = "otlp-grpc")]
mod grpc;
mod http;

/// Where a collector of OpenTelemetry is, or anything else that takes its logs (OTLP), and how
/// to reach it.
///
/// Everything goes through a spool on disk, so that what the collector has not acknowledged
/// outlives both a collector that is away and a restart of the service. Each instance needs a
/// spool folder of its own. What comes twice, after a broken connection, is known by the
/// attribute `log.record.uid`. Which field is which attribute is in the event's documentation.
///
/// ```no_run
/// use jwtrail_actix::{OtlpSink, Trail};
///
/// let collector = OtlpSink::http("http://127.0.0.1:4318", "/var/spool/orders-api/otlp");
/// let trail = Trail::builder("orders-api").otlp(collector).start()?;
/// # Ok::<(), jwtrail_actix::TrailError>(())
/// ```
#[derive(Debug)]
pub struct OtlpSink {
    url: Target,
    protocol: Protocol,
    headers: Vec<(String, SecretToken)>,
    spool_folder: PathBuf,
    spool_bytes: u64,
    plain_http: bool,
}

#[derive(Clone, Copy, Debug)]
enum Protocol {
    Http(Encoding),
    #[cfg(feature = "otlp-grpc")]
    Grpc,
}

impl OtlpSink {
    /// OTLP/HTTP with protobuf to a collector at `url` (scheme, host and port; the path
    /// `/v1/logs` is added), with the folder for what it has not taken yet.
    pub fn http(url: &str, spool_folder: impl AsRef<Path>) -> Self {
        let protocol = Protocol::Http(Encoding::Protobuf);
        Self::new(url, protocol, spool_folder.as_ref())
    }

    /// OTLP/HTTP with JSON, for receivers that take nothing else.
    pub fn http_json(url: &str, spool_folder: impl AsRef<Path>) -> Self {
        let protocol = Protocol::Http(Encoding::Json);
        Self::new(url, protocol, spool_folder.as_ref())
    }

    /// OTLP/gRPC to a collector at `url` (scheme, host and port).
    #[cfg(feature = "otlp-grpc")]
    pub fn grpc(url: &str, spool_folder: impl AsRef<Path>) -> Self {
        Self::new(url, Protocol::Grpc, spool_folder.as_ref())
    }

    fn new(url: &str, protocol: Protocol, spool_folder: &Path) -> Self {
        Self {
            url: Target(url.to_owned()),
            protocol,
            headers: Vec::new(),
            spool_folder: spool_folder.to_owned(),
            spool_bytes: SPOOL_BYTES,
            plain_http: false,
        }
    }

    /// Sends a credential as `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(self, credential: &SecretToken) -> Self {
        let value = format!("Bearer {}", credential.expose().trim());
        self.header("authorization", SecretToken::new(value))
    }

    /// Sends a header with everything, such as the API key of a hosted collector.
    #[must_use]
    pub fn header(mut self, name: &str, value: SecretToken) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }

    /// Sends headers and credentials over `http` to another machine, where whoever is on the way
    /// can read them. Written to the trail as `config.unsafe`. Addresses of this machine
    /// (`localhost`, `127.0.0.0/8`, `::1`) need no such leave.
    #[must_use]
    pub fn dangerous_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    pub(super) fn is_plain_http(&self) -> bool {
        self.plain_http
    }

    /// How many bytes the spool may hold, 256 MiB by default. Half is closed to pre-verification
    /// rejections, a quarter to all but accepted, issued, refreshed, reused and revoked.
    #[must_use]
    pub fn spool_bytes(mut self, bytes: u64) -> Self {
        self.spool_bytes = bytes;
        self
    }

    pub(super) fn open(mut self) -> Result<Box<dyn Sink>, TrailError> {
        for (name, value) in &mut self.headers {
            let usable = header_credential(value);
            *value = usable.ok_or_else(|| TrailError::CollectorHeader { name: name.clone() })?;
        }
        let base = self.url.trim_end_matches('/').to_owned();
        let secret = !self.headers.is_empty() || has_credentials(&base);
        // The operator names the collector, which mostly stands in a private network.
        let client = Outbound::builder().allow_private_targets();
        let protected = |client: &Outbound| {
            let usable = !client.is_usable(&base) || client.protects(&base);
            if usable || self.plain_http || !secret {
                return Ok(());
            }
            Err(TrailError::PlainHttp {
                what: "the collector's credential",
                place: place(&base),
            })
        };
        match self.protocol {
            Protocol::Http(encoding) => {
                let client = client.build()?;
                protected(&client)?;
                let url = format!("{base}/v1/logs");
                let headers = std::mem::take(&mut self.headers);
                self.deliver(&base, HttpCourier::new(client, url, encoding, headers)?)
            }
            #[cfg(feature = "otlp-grpc")]
            Protocol::Grpc => {
                let client = client.http2().build()?;
                protected(&client)?;
                let headers = std::mem::take(&mut self.headers);
                self.deliver(&base, grpc::GrpcCourier::new(client, &base, headers)?)
            }
        }
    }

    fn deliver(self, base: &str, courier: impl Courier) -> Result<Box<dyn Sink>, TrailError> {
        let name = format!("otlp:{}", shown(base));
        let delivery = Delivery::open(name, courier, &self.spool_folder, self.spool_bytes)?;
        Ok(Box::new(delivery))
    }
}
