mod binding;
mod classes;
mod rollout;
mod sources;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use jwtrail_session::{Limits, Sessions};
use jwtrail_verify::Verifier;

use super::answer::Realm;
use super::binding::{Binding, Dpop};
use super::cross_site::CrossSite;
use super::fallback::{Fallback, StateHealth};
#[cfg(feature = "outbound")]
use super::introspection::Introspection;
use super::policy::Policy;
use super::source::TokenSource;
use super::{JwtAuth, JwtAuthError};
use crate::client_address::{ClientAddresses, ForwardedHeader};
use crate::issuer_keys::{KeySource, Sources};
use crate::{QuarantineList, Trail};

/// Builds a [`JwtAuth`]; what is unsafe is refused here and not when it runs.
///
/// ```
/// # use jwtrail_actix::{JwtAuth, JwtAuthError, Trail};
/// # fn example(verifier: std::sync::Arc<jwtrail_verify::Verifier>, trail: Trail) -> Result<(), JwtAuthError> {
/// let auth = JwtAuth::with_verifier(verifier, &trail)
///     .realm("orders")
///     .trusted_proxies(["10.0.0.0/8".parse().unwrap()])
///     .deadline(std::time::Duration::from_secs(30))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct JwtAuthBuilder {
    verifier: Result<Arc<Verifier>, JwtAuthError>,
    keys: Sources,
    trail: Trail,
    sessions: Option<Arc<Sessions>>,
    quarantine: Option<QuarantineList>,
    limits: Option<Arc<Limits>>,
    source: TokenSource,
    cross_site: CrossSite,
    observe_only: bool,
    pass_preflights: bool,
    addresses: ClientAddresses,
    realm: String,
    deadline: Option<Duration>,
    dpop: Option<Dpop>,
    certificates_from_proxies: bool,
    #[cfg(feature = "outbound")]
    introspection: Option<Introspection>,
    fallback: Fallback,
}

impl JwtAuthBuilder {
    pub(super) fn new(
        verifier: Result<Arc<Verifier>, JwtAuthError>,
        keys: Sources,
        trail: &Trail,
    ) -> Self {
        Self {
            verifier,
            keys,
            trail: trail.clone(),
            sessions: None,
            quarantine: None,
            limits: None,
            source: TokenSource::default(),
            cross_site: CrossSite::default(),
            observe_only: false,
            pass_preflights: false,
            addresses: ClientAddresses::default(),
            realm: trail.origin().service.clone(),
            deadline: None,
            dpop: None,
            certificates_from_proxies: false,
            #[cfg(feature = "outbound")]
            introspection: None,
            fallback: Fallback::default(),
        }
    }

    /// Where the keys of one of the verifier's [remote
    /// issuers](jwtrail_verify::VerifierBuilder::remote_issuer) are fetched. One for which no
    /// source is given has no keys until the application renews them itself.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use jwtrail_actix::{JwtAuth, KeySource, Trail};
    /// use jwtrail_verify::{Algorithm, Seed, Verifier};
    /// # fn example(seed: [u8; 32], trail: Trail) -> Result<(), Box<dyn std::error::Error>> {
    /// let verifier = Verifier::builder()
    ///     .remote_issuer("https://login.example", Algorithm::ASYMMETRIC)
    ///     .audience("orders-api")
    ///     .leeway(10)
    ///     .build(Seed::new(seed))?;
    /// let auth = JwtAuth::with_verifier(Arc::new(verifier), &trail)
    ///     .key_source("https://login.example", KeySource::discovery())
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn key_source(mut self, issuer: &str, source: KeySource) -> Self {
        self.keys.add(issuer, source);
        self
    }

    /// The client that fetches keys. If it isn't given, one that reaches public addresses only;
    /// an issuer in a private network needs one that may go there:
    ///
    /// ```
    /// use jwtrail_actix::{JwtAuth, Outbound, Trail};
    /// # fn example(trail: Trail) -> Result<(), Box<dyn std::error::Error>> {
    /// let outbound = Outbound::builder().allow_network("10.20.0.0/16".parse()?).build()?;
    /// let auth = JwtAuth::builder()
    ///     .issuer_discovery("https://login.internal")
    ///     .audience("orders-api")
    ///     .audit(&trail)
    ///     .key_client(outbound)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "outbound")]
    pub fn key_client(mut self, client: crate::Outbound) -> Self {
        self.keys.set_client(client);
        self
    }

    /// Asks whether a token, its family or its subject was revoked. A state that does not
    /// answer closes the route: 503.
    pub fn sessions(mut self, sessions: Arc<Sessions>) -> Self {
        self.sessions = Some(sessions);
        self
    }

    /// Refuses what this list says: from the next request on, on every request.
    ///
    /// ```
    /// # use jwtrail_actix::{JwtAuthBuilder, QuarantineList, QuarantineSource};
    /// # fn example(auth: JwtAuthBuilder, monitor: QuarantineSource) -> Result<(), Box<dyn std::error::Error>> {
    /// let list: QuarantineList = monitor.cache_file("quarantine.json").start()?;
    /// let auth = auth.quarantine(&list).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn quarantine(mut self, list: &QuarantineList) -> Self {
        self.quarantine = Some(list.clone());
        self
    }

    /// Accepts tokens while the state of sessions does not answer, on every route; see
    /// [`JwtAuth::dangerous_accept_when_state_is_down`] for the choice of a route.
    pub fn dangerous_accept_when_state_is_down(mut self) -> Self {
        self.fallback.accept_unchecked = true;
        self
    }

    /// Counts by itself while the shared limits do not answer, on every route; see
    /// [`JwtAuth::local_limits_when_shared_are_down`] for the choice of a route.
    pub fn local_limits_when_shared_are_down(mut self) -> Self {
        self.fallback.local_limits = true;
        self
    }

    /// How much a client may ask for. If it isn't given, only failures are limited: 60 a minute
    /// for each address and each token.
    ///
    /// ```
    /// # use jwtrail_actix::JwtAuthBuilder;
    /// use std::sync::Arc;
    /// use jwtrail_session::{Limits, Quota};
    /// # fn example(auth: JwtAuthBuilder) -> Result<(), Box<dyn std::error::Error>> {
    /// let limits = Limits::builder()
    ///     .per_subject(Quota::per_minute(600))
    ///     .route("/reports/{id}", Quota::per_hour(20).burst(5))
    ///     .build()?;
    /// let auth = auth.limits(Arc::new(limits)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(mut self, limits: Arc<Limits>) -> Self {
        self.limits = Some(limits);
        self
    }

    /// The realm in the challenge. The service's name if it isn't given.
    pub fn realm(mut self, realm: &str) -> Self {
        realm.clone_into(&mut self.realm);
        self
    }

    /// The proxies whose word about the client's address counts. None by default: then the
    /// address is the connection's, whatever headers say.
    pub fn trusted_proxies(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.addresses.trusted_proxies.extend(networks);
        self
    }

    /// Which header the trusted proxies write, `X-Forwarded-For` by default.
    pub fn forwarded_header(mut self, header: ForwardedHeader) -> Self {
        self.addresses.header = header;
        self
    }

    /// The networks of our own services: a request from there is a hop inside, and its trace
    /// goes on. None by default.
    pub fn internal_networks(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.addresses.internal_networks.extend(networks);
        self
    }

    /// How long a request may take, from its arrival to the head of its answer. Then the
    /// handler is dropped and the answer is 503. No limit by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Builds it, and records each unsafe option that is in force.
    ///
    /// # Errors
    /// When the verifier's configuration, the realm, where the token comes from, a limit's scope
    /// class, or what proofs are asked for can't be used, or the quarantine list knows subjects by
    /// the pseudonyms of another trail.
    pub fn build(self) -> Result<JwtAuth, JwtAuthError> {
        let verifier = self.verifier?;
        let from_proxies = self.certificates_from_proxies;
        let binding = Binding::new(self.dpop, from_proxies, &self.addresses)?;
        let realm = Realm::new(&self.realm, binding.offer()).ok_or(JwtAuthError::Realm)?;
        sources::check(&self.source, &self.cross_site)?;
        let limits = match self.limits {
            Some(limits) => limits,
            None => Arc::new(Limits::builder().build()?),
        };
        classes::check(&limits, &verifier)?;
        let keys = self.keys.start(&verifier, &self.trail)?;
        if let (Some(list), Some(pseudonyms)) = (&self.quarantine, self.trail.pseudonyms())
            && !list.know(pseudonyms)
        {
            return Err(JwtAuthError::OtherPseudonyms);
        }
        Ok(JwtAuth::new(
            Policy {
                verifier,
                keys,
                limits,
                trail: self.trail,
                sessions: self.sessions,
                quarantine: self.quarantine,
                source: self.source,
                cross_site: self.cross_site,
                observe_only: self.observe_only,
                pass_preflights: self.pass_preflights,
                binding,
                #[cfg(feature = "outbound")]
                introspector: self.introspection.map(Introspection::build).transpose()?,
                addresses: self.addresses,
                realm,
                deadline: self.deadline,
                state_health: StateHealth::default(),
            },
            self.fallback,
        ))
    }
}
