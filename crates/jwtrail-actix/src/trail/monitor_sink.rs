use std::path::{Path, PathBuf};

use jwtrail_event::SecretToken;

use super::TrailError;
use super::delivery::{Delivery, SPOOL_BYTES, header_credential};
use crate::Outbound;
use crate::outbound::{Target, place, shown};
use courier::MonitorCourier;

mod courier;

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
    url: Target,
    credential: SecretToken,
    spool_folder: PathBuf,
    spool_bytes: u64,
    plain_http: bool,
}

impl MonitorSink {
    /// The monitor at `url` (scheme, host and port), with the credential that it gave to this
    /// producer and the folder for what it has not taken yet.
    pub fn new(url: &str, credential: SecretToken, spool_folder: impl AsRef<Path>) -> Self {
        Self {
            url: Target(url.to_owned()),
            credential,
            spool_folder: spool_folder.as_ref().to_owned(),
            spool_bytes: SPOOL_BYTES,
            plain_http: false,
        }
    }

    /// Sends the credential over `http` to another machine, where whoever is on the way can read
    /// it and write as this service. Written to the trail as `config.unsafe`. Addresses of this
    /// machine (`localhost`, `127.0.0.0/8`, `::1`) need no such leave.
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

    pub(super) fn deliver(self) -> Result<Delivery<MonitorCourier>, TrailError> {
        // The operator names the monitor, which mostly stands in a private network.
        let client = Outbound::builder().allow_private_targets().build()?;
        let base = self.url.trim_end_matches('/');
        let url = format!("{base}/api/v1/events");
        if !client.is_usable(&url) {
            return Err(TrailError::MonitorUrl {
                url: shown(&self.url),
            });
        }
        if !self.plain_http && !client.protects(&url) {
            return Err(TrailError::PlainHttp {
                what: "the monitor's producer credential",
                place: place(&url),
            });
        }
        let credential =
            header_credential(&self.credential).ok_or(TrailError::MonitorCredential)?;
        let courier = MonitorCourier::new(client, url, credential);
        let name = format!("monitor:{}", shown(base));
        Delivery::open(name, courier, &self.spool_folder, self.spool_bytes)
    }
}
