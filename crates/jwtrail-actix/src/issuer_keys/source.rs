use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jwtrail_verify::{Algorithm, KeySetError};

use super::schedule::Timing;

/// Where an issuer's keys are fetched, and how often.
///
/// The first fetch begins when the protection is built and delays nothing. A fetch has 3 s, and
/// at most 512 KiB and 100 keys are read; only redirects to the same scheme, host and port are
/// followed, three at most. Between fetches, a token with an id that no key has causes one, at
/// most once per cooldown whatever comes; requests with such tokens wait for it, all others go
/// on. A fetch that fails leaves the keys that are there; each one is a `keys.failed` event. A
/// set without a key that can be used counts as one.
///
/// ```
/// use jwtrail_actix::KeySource;
/// use jwtrail_verify::Algorithm;
/// use std::time::Duration;
///
/// let source = KeySource::discovery()
///     .algorithms(&[Algorithm::Es256])
///     .refresh_every(Duration::from_secs(60))
///     .stale_for(Duration::from_secs(3_600));
/// ```
#[derive(Clone)]
#[must_use = "a source does nothing before a builder takes it"]
pub struct KeySource {
    pub(super) place: Place,
    pub(super) plain_http: bool,
    algorithms: Vec<Algorithm>,
    timing: Timing,
}

#[derive(Clone)]
pub(super) enum Place {
    #[cfg(feature = "outbound")]
    Jwks(String),
    #[cfg(feature = "outbound")]
    Discovery,
    File(PathBuf),
}

impl KeySource {
    /// A JWK set (RFC 7517 section 5) at this address.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// let source = KeySource::jwks_url("https://login.example/.well-known/jwks.json");
    /// ```
    #[cfg(feature = "outbound")]
    pub fn jwks_url(url: &str) -> Self {
        Self::at(Place::Jwks(url.to_owned()), REFRESH)
    }

    /// Where the issuer's discovery document says (OpenID Connect Discovery 1.0, else RFC 8414).
    /// The document must name the issuer exactly as it was configured. It is kept for an hour.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// let source = KeySource::discovery();
    /// ```
    #[cfg(feature = "outbound")]
    pub fn discovery() -> Self {
        Self::at(Place::Discovery, REFRESH)
    }

    /// A file with a JWK set of public keys. It is looked at every 5 seconds and read again when
    /// it has changed.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// let source = KeySource::jwks_file("/etc/orders-api/jwks.json");
    /// ```
    pub fn jwks_file(path: impl AsRef<Path>) -> Self {
        Self::at(Place::File(path.as_ref().to_owned()), LOOK)
    }

    /// What the issuer may sign with, every algorithm of a key pair by default. A token that names
    /// another one is refused with `algorithm_not_allowed`, and causes no fetch. Secrets are never
    /// fetched. Where a verifier was built already, that one's algorithms count.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// use jwtrail_verify::Algorithm;
    /// let source = KeySource::discovery().algorithms(&[Algorithm::Rs256, Algorithm::Es256]);
    /// ```
    pub fn algorithms(mut self, algorithms: &[Algorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// The longest time between two fetches: 5 minutes unless said otherwise, 5 seconds for a
    /// file; from 1 second to a day. An issuer whose answer is good for less time (`Cache-Control:
    /// max-age`) is asked earlier, once a minute at most. A key that the issuer takes out of its
    /// set is good for as long as that.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// let source = KeySource::discovery().refresh_every(std::time::Duration::from_secs(60));
    /// ```
    pub fn refresh_every(mut self, time: Duration) -> Self {
        self.timing.refresh = time;
        self
    }

    /// For how long the keys count when they can't be fetched again: a day from the last fetch
    /// unless said otherwise; from the time between fetches to 7 days. Afterwards the issuer's
    /// tokens are refused with `key_unavailable` and 503.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// let source = KeySource::discovery().stale_for(std::time::Duration::from_secs(3_600));
    /// ```
    pub fn stale_for(mut self, time: Duration) -> Self {
        self.timing.stale = time;
        self
    }

    /// The shortest time between two fetches that requests cause: 30 seconds unless said
    /// otherwise, from 1 second to an hour.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// let source = KeySource::discovery().cooldown(std::time::Duration::from_secs(10));
    /// ```
    pub fn cooldown(mut self, time: Duration) -> Self {
        self.timing.cooldown = time;
        self
    }

    /// Fetches from an `http` address of another machine, where whoever is on the way can give
    /// keys of their own and so mint tokens. Written to the trail as `config.unsafe`. Addresses of
    /// this machine (`localhost`, `127.0.0.0/8`, `::1`) need no such leave.
    ///
    /// ```
    /// use jwtrail_actix::KeySource;
    /// let source = KeySource::jwks_url("http://keycloak:8080/realms/a/protocol/openid-connect/certs")
    ///     .dangerous_plain_http();
    /// ```
    #[cfg(feature = "outbound")]
    pub fn dangerous_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    pub(crate) fn allowed(&self) -> &[Algorithm] {
        &self.algorithms
    }

    pub(super) fn is_plain_http(&self) -> bool {
        self.plain_http
    }

    pub(super) fn timing(&self) -> Result<Timing, KeySourceError> {
        let Timing {
            refresh,
            stale,
            cooldown,
        } = self.timing;
        if refresh < SECOND || refresh > DAY {
            return Err(KeySourceError::Refresh { time: refresh });
        }
        if stale < refresh || stale > 7 * DAY {
            return Err(KeySourceError::Stale { time: stale });
        }
        if cooldown < SECOND || cooldown > HOUR {
            return Err(KeySourceError::Cooldown { time: cooldown });
        }
        Ok(self.timing)
    }

    fn at(place: Place, refresh: Duration) -> Self {
        Self {
            place,
            plain_http: false,
            algorithms: Algorithm::ASYMMETRIC.to_vec(),
            timing: Timing {
                refresh,
                stale: DAY,
                cooldown: COOLDOWN,
            },
        }
    }
}

/// Without the address, which may hold a secret.
impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.place {
            #[cfg(feature = "outbound")]
            Place::Jwks(_) => "jwks_url",
            #[cfg(feature = "outbound")]
            Place::Discovery => "discovery",
            Place::File(_) => "jwks_file",
        };
        f.debug_struct("KeySource")
            .field("place", &place)
            .field("plain_http", &self.plain_http)
            .field("algorithms", &self.algorithms)
            .field("timing", &self.timing)
            .finish()
    }
}

/// A source of keys that can't be used.
///
/// ```
/// use jwtrail_actix::{JwtAuthError, KeySourceError};
///
/// fn needs_tls(error: &KeySourceError) -> bool {
///     matches!(error, KeySourceError::PlainHttp)
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySourceError {
    /// The keys' address is not one.
    #[error("the keys' address is not an http or https URL")]
    Url,
    /// The issuer's name is no address, so that there is nowhere to ask.
    #[error(
        "the issuer's name is not an http or https URL without query and fragment, so its \
         discovery document can't be asked for; give the address of its keys"
    )]
    NoAddress,
    /// The keys would come over an unprotected connection.
    #[error(
        "the keys would be fetched over http, where anybody on the way can replace them; use \
         https, or `dangerous_plain_http`"
    )]
    PlainHttp,
    /// The file can't be read.
    #[error("cannot read the key file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file's keys can't be used.
    #[error("cannot use the key file {}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeySetError,
    },
    /// The time between fetches is too short or too long.
    #[error("keys fetched every {time:?}; it must be from 1 second to a day")]
    Refresh {
        /// The time as given.
        time: Duration,
    },
    /// Keys would count for too short or too long.
    #[error(
        "keys that count for {time:?} without a fetch; it must be at least the time between \
         fetches and at most 7 days"
    )]
    Stale {
        /// The time as given.
        time: Duration,
    },
    /// The cooldown is too short or too long.
    #[error("a cooldown of {time:?}; it must be from 1 second to an hour")]
    Cooldown {
        /// The time as given.
        time: Duration,
    },
    /// The HTTP client can't be built.
    #[cfg(feature = "outbound")]
    #[error("cannot set up the client that fetches keys")]
    Client(#[from] crate::OutboundError),
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
#[cfg(feature = "outbound")]
const REFRESH: Duration = Duration::from_secs(300);
/// How often a file is looked at.
const LOOK: Duration = Duration::from_secs(5);
const COOLDOWN: Duration = Duration::from_secs(30);
