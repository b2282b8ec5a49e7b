use std::net::SocketAddr;
use std::time::Duration;

use jwtrail_event::SecretToken;
use jwtrail_forge::{PublicKey, SigningKey};

use crate::reading::FieldMapping;
use crate::spec::{Operation, Spec};
use crate::standard::Standard;

/// What is scanned, with what, and how far.
#[derive(Debug)]
#[non_exhaustive]
pub struct ScanOptions {
    /// The service's URL; operations are below it.
    pub target: String,
    /// The document, under the name that reports call it by.
    pub document: Option<(String, Spec)>,
    /// Operations beside those of the document.
    pub operations: Vec<Operation>,
    /// A token that the service accepts.
    pub token: SecretToken,
    /// One of another user.
    pub second_token: Option<SecretToken>,
    /// The key that signs the service's tokens.
    pub sign_key: Option<SigningKey>,
    /// The issuer's public key, where the private one is not given.
    pub public_key: Option<PublicKey>,
    /// Where the scanner serves the key set that the service is configured to fetch: the public
    /// half of `sign_key`, and `public_key`. With a `sign_key` the token is a model then, and the
    /// scan makes its own.
    pub serve_jwks: Option<SocketAddr>,
    /// How long the service may take to fetch that set and to let the token in.
    pub serve_patience: Duration,
    /// How a refresh token is exchanged, and one to begin with.
    pub refresh: Option<RefreshEndpoint>,
    /// The operation that ends the token's session; the last thing that a scan does.
    pub logout: Option<Operation>,
    /// An operation on an object that belongs to the first token's user.
    pub owned_object: Option<Operation>,
    /// Requests in a second.
    pub rate: u32,
    /// Requests in all.
    pub budget: u32,
    /// Whether operations that may change something are scanned.
    pub allow_writes: bool,
    /// The host's name, repeated by who owns it, where the target is on the internet.
    pub own_host: Option<String>,
    /// How many bad tokens a minute one address may send, at most, before it is slowed down.
    pub failure_limit: u32,
    /// How many valid requests of one subject are tried for RTE-02; none where no limit of that
    /// kind is declared.
    pub subject_limit: Option<u32>,
    /// How many valid requests with one token are tried for RTE-02; none where tokens have no
    /// limit of their own.
    pub token_limit: Option<u32>,
    /// How long after its answer a record is waited for.
    pub settle: Duration,
    /// Where an alert is expected.
    pub alert_listen: Option<SocketAddr>,
    /// What the records owe.
    pub standard: Standard,
    /// Which field of the log is which of ours, where what is learned is wrong.
    pub mapping: FieldMapping,
}

impl ScanOptions {
    /// A scan of a service with a token that it accepts: 50 requests a second and 2,000 in all,
    /// no writes, 5 seconds for a record, the standard's minimum.
    #[must_use]
    pub fn new(target: &str, token: SecretToken) -> Self {
        Self {
            target: target.to_owned(),
            document: None,
            operations: Vec::new(),
            token,
            second_token: None,
            sign_key: None,
            public_key: None,
            serve_jwks: None,
            serve_patience: Duration::from_secs(60),
            refresh: None,
            logout: None,
            owned_object: None,
            rate: 50,
            budget: 2_000,
            allow_writes: false,
            own_host: None,
            failure_limit: 100,
            subject_limit: None,
            token_limit: None,
            settle: Duration::from_secs(5),
            alert_listen: None,
            standard: Standard::minimum(),
            mapping: FieldMapping::default(),
        }
    }
}

/// How a refresh token is exchanged (RFC 6749 section 6).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefreshEndpoint {
    /// The path below the target, or a URL of the same host.
    pub path: String,
    /// The refresh token that was given last.
    pub token: SecretToken,
    /// Further members of the request, such as `client_id`.
    pub fields: Vec<(String, String)>,
    /// How long an old refresh token may be accepted again, for requests that were lost.
    pub grace: Duration,
}

impl RefreshEndpoint {
    /// An endpoint with the grace of ten seconds that `jwtrail-session` has.
    #[must_use]
    pub fn new(path: &str, token: SecretToken) -> Self {
        Self {
            path: path.to_owned(),
            token,
            fields: Vec::new(),
            grace: Duration::from_secs(10),
        }
    }
}
