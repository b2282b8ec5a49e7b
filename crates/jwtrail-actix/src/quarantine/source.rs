use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jwtrail_event::{Clock, SecretToken};
use tokio::sync::watch;

use super::cache_file::CacheFile;
use super::follow::{ANSWER_DEADLINE, Follower, PAGE_BYTES};
use super::{QuarantineList, Shared};
use crate::outbound::{Target, place, shown};
use crate::told::told;
use crate::{Outbound, OutboundError, SystemClock};

/// Where a [`QuarantineList`] comes from: a monitor, and how to reach it.
///
/// One task for the process asks it, on a thread of its own, and is answered when something has
/// changed. While the monitor is away the last list holds; the log says so, once, and again as
/// long as it lasts.
///
/// ```
/// use jwtrail_actix::{QuarantineError, QuarantineList, QuarantineSource};
/// use jwtrail_event::SecretToken;
///
/// fn follow(credential: SecretToken) -> Result<QuarantineList, QuarantineError> {
///     let source: QuarantineSource =
///         QuarantineList::from_monitor("https://monitor.example", credential);
///     source.cache_file("/var/lib/orders/quarantine.json").start()
/// }
/// ```
#[derive(Debug)]
#[must_use = "it does nothing before `start`"]
pub struct QuarantineSource {
    url: Target,
    credential: SecretToken,
    cache_file: Option<PathBuf>,
    clock: Arc<dyn Clock>,
    plain_http: bool,
}

impl QuarantineSource {
    pub(super) fn new(url: &str, credential: SecretToken) -> Self {
        Self {
            url: Target(url.to_owned()),
            credential,
            cache_file: None,
            clock: Arc::new(SystemClock),
            plain_http: false,
        }
    }

    /// Keeps the last list in this file, which only its owner can read, and begins with it.
    ///
    /// Without one, a service that starts while the monitor is away refuses nobody until the
    /// monitor is back.
    pub fn cache_file(mut self, path: impl AsRef<Path>) -> Self {
        self.cache_file = Some(path.as_ref().to_owned());
        self
    }

    /// The clock, the machine's if it isn't given.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sends the credential over `http` to another machine, where whoever is on the way can read
    /// it, and give a list of its own. Written to the trail of each protection that is given the
    /// list as `config.unsafe`. Addresses of this machine (`localhost`, `127.0.0.0/8`, `::1`) need
    /// no such leave.
    pub fn dangerous_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Starts to ask for the list. It ends with the last clone of what is returned.
    ///
    /// # Errors
    /// When the URL, the credential or the file can't be used, or no thread can be started.
    pub fn start(self) -> Result<QuarantineList, QuarantineError> {
        // The operator names the monitor, which mostly stands in a private network.
        let client = Outbound::builder()
            .allow_private_targets()
            .deadline(ANSWER_DEADLINE)
            .answer_bytes(PAGE_BYTES)
            .build()?;
        let base = self.url.trim_end_matches('/');
        let url = format!("{base}/api/v1/quarantine/list");
        if !client.is_usable(&url) {
            return Err(QuarantineError::Url {
                url: shown(&self.url),
            });
        }
        if !self.plain_http && !client.protects(&url) {
            return Err(QuarantineError::PlainHttp { place: place(&url) });
        }
        let credential = self.credential.expose().trim();
        if credential.is_empty() || !credential.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(QuarantineError::Credential);
        }
        let credential = SecretToken::new(credential.to_owned());
        let list = QuarantineList::new();
        let (ends, ended) = watch::channel(());
        let mut follower = Follower::new(Arc::clone(&list.shared), self.clock, ended);
        if let Some(path) = self.cache_file {
            follower.begin_with(CacheFile::new(path))?;
        }
        follow(follower.run(client, url, credential))?;
        Ok(QuarantineList {
            shared: list.shared,
            plain_http: self.plain_http,
            _following: Some(Arc::new(ends)),
        })
    }
}

/// On a thread of its own: the caller may have no runtime, or workers that come and go.
fn follow(work: impl Future<Output = ()> + Send + 'static) -> Result<(), QuarantineError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(QuarantineError::Thread)?;
    std::thread::Builder::new()
        .name("jwtrail-quarantine".to_owned())
        .spawn(move || {
            runtime.block_on(work);
            runtime.shutdown_background();
        })
        .map_err(QuarantineError::Thread)?;
    Ok(())
}

/// A list that can't be followed.
///
/// ```
/// use jwtrail_actix::{QuarantineError, QuarantineList};
/// use jwtrail_event::SecretToken;
///
/// let credential = SecretToken::new("an example".to_owned());
/// let list = QuarantineList::from_monitor("no url", credential).start();
/// assert!(matches!(list, Err(QuarantineError::Url { .. })));
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum QuarantineError {
    /// The monitor's URL can't be used.
    #[error("the monitor's address `{url}` is not an http or https URL")]
    Url {
        /// The URL as given.
        url: String,
    },
    /// The credential would go over an unprotected connection.
    #[error(
        "the monitor's producer credential would go to {place} over http, where anybody on the way \
         can read it; use https, or `dangerous_plain_http`"
    )]
    PlainHttp {
        /// Host and port.
        place: String,
    },
    /// The monitor's credential can't stand in a header.
    #[error(
        "the monitor's producer credential is empty or holds characters that no header can carry"
    )]
    Credential,
    /// The HTTP client can't be built.
    #[error("cannot set up the client that asks the monitor")]
    Client(#[from] OutboundError),
    /// The file can't be read.
    #[error("cannot read the kept quarantine list {}: give a file that this process may read and write", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others could have written the file.
    #[error("the kept quarantine list {} can be read or written by others; run: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The thread or its runtime can't be started.
    #[error("cannot start the thread that follows the quarantine list")]
    Thread(#[source] io::Error),
}

impl fmt::Debug for QuarantineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(self, f)
    }
}

impl Shared {
    /// The monitor has said that this is its list.
    pub(super) fn confirm(&self, clock: &dyn Clock) {
        self.confirmed.send_replace(Some(clock.now()));
    }
}
