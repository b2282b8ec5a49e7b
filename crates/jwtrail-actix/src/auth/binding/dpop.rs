use std::fmt;
use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use jwtrail_session::{MemoryProofs, ProofStore};
use jwtrail_verify::{DpopNonces, DpopPolicy, HttpUri};

use super::origin;
use crate::JwtAuthError;
use crate::auth::answer::DpopOffer;
use crate::client_address::ClientAddresses;
use crate::random;

/// How DPoP proofs are taken (RFC 9449): for
/// [`JwtAuthBuilder::dpop`](crate::JwtAuthBuilder::dpop).
///
/// A token that is bound to a key then needs `Authorization: DPoP` and a proof by that key for
/// this very request; others go on as Bearer tokens, unless proofs are
/// [required](Self::required). A proof is taken once.
///
/// ```
/// use jwtrail_actix::Dpop;
/// let dpop = Dpop::at("https://orders.example")
///     .also_at("https://orders.internal.example/v1") // a second name, and a path before ours
///     .required()
///     .asking_nonces();
/// ```
#[must_use = "it does nothing before `JwtAuthBuilder::dpop`"]
pub struct Dpop {
    origins: Vec<String>,
    required: bool,
    policy: DpopPolicy,
    nonces: Nonces,
    proofs: Arc<dyn ProofStore>,
}

enum Nonces {
    None,
    OfThisProcess,
    Shared(Box<DpopNonces>),
}

impl Dpop {
    /// For a service that its clients know under this origin: what `htu` must begin with. A path
    /// stands before the service's own, for instance where a proxy removes it.
    ///
    /// It is not taken from the `Host` header. Whoever is given a token and a proof that were
    /// meant for himself could relay both, with his own name in that header.
    pub fn at(origin: &str) -> Self {
        Self::with_origins(vec![origin.to_owned()])
    }

    /// For a service whose trusted proxies say under which origin they were reached, with
    /// `X-Forwarded-Proto` and `X-Forwarded-Host`, or `proto` and `host` of `Forwarded`. They
    /// must write these themselves, and serve no host but ours. A request past them, or with
    /// several values, has no origin, and its proof is refused.
    pub fn behind_trusted_proxies() -> Self {
        Self::with_origins(Vec::new())
    }

    fn with_origins(origins: Vec<String>) -> Self {
        Self {
            origins,
            required: false,
            policy: DpopPolicy::default(),
            nonces: Nonces::None,
            proofs: Arc::new(MemoryProofs::new()),
        }
    }

    /// Another origin under which clients know the service.
    pub fn also_at(mut self, origin: &str) -> Self {
        self.origins.push(origin.to_owned());
        self
    }

    /// Refuses tokens that are not bound to a key.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Which algorithms are taken, and how old a proof may be.
    ///
    /// ```
    /// use jwtrail_actix::Dpop;
    /// use jwtrail_actix::verify::DpopPolicy;
    /// let dpop = Dpop::at("https://orders.example").policy(DpopPolicy::default().with_window(30)?);
    /// # Ok::<(), jwtrail_actix::verify::UnusableDpopPolicy>(())
    /// ```
    pub fn policy(mut self, policy: DpopPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Asks for a nonce of ours in each proof, so that none can be made long before it is used
    /// (RFC 9449 section 9). A client without one is answered 401 `use_dpop_nonce` with the
    /// nonce in `DPoP-Nonce`, and tries again; a script in a browser sees that header only if
    /// CORS exposes it. The secret is this process's own: see
    /// [`sharing_nonces`](Self::sharing_nonces) where several serve.
    pub fn asking_nonces(mut self) -> Self {
        self.nonces = Nonces::OfThisProcess;
        self
    }

    /// The same with a secret that all instances have: each takes the others' nonces.
    ///
    /// ```
    /// use jwtrail_actix::Dpop;
    /// use jwtrail_actix::verify::DpopNonces;
    /// # let secret = [7; 32];
    /// let dpop = Dpop::at("https://orders.example").sharing_nonces(DpopNonces::new(&secret));
    /// ```
    pub fn sharing_nonces(mut self, nonces: DpopNonces) -> Self {
        self.nonces = Nonces::Shared(Box::new(nonces));
        self
    }

    /// Where used proofs are remembered: in this process's memory unless said otherwise. Where
    /// several instances serve the same origin, a proof could be used once at each of them
    /// within its window, unless they share this: `RedisProofs` of `jwtrail-session`, behind its
    /// feature `redis`. One that does not answer, or has no room, closes the route: 503.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use jwtrail_actix::Dpop;
    /// use jwtrail_session::MemoryProofs;
    /// let proofs = Arc::new(MemoryProofs::with_capacity(10_000));
    /// let dpop = Dpop::at("https://orders.example").proofs(proofs);
    /// ```
    pub fn proofs(mut self, proofs: Arc<dyn ProofStore>) -> Self {
        self.proofs = proofs;
        self
    }

    pub(super) fn build(self, addresses: &ClientAddresses) -> Result<DpopRules, JwtAuthError> {
        if self.origins.is_empty() && addresses.trusted_proxies.is_empty() {
            let what = "origin for DPoP proofs";
            return Err(JwtAuthError::NoTrustedProxies { what });
        }
        let origins = self.origins.iter().map(|text| {
            let plain = !text.contains(['?', '#']);
            let origin = HttpUri::parse(text).ok().filter(|_| plain);
            let unusable = || JwtAuthError::DpopOrigin {
                origin: text.clone(),
            };
            origin.ok_or_else(unusable)
        });
        let nonces = match self.nonces {
            Nonces::None => None,
            Nonces::Shared(nonces) => Some(*nonces),
            Nonces::OfThisProcess => {
                let secret = random::secret().map_err(|_| JwtAuthError::Randomness)?;
                Some(DpopNonces::new(&secret))
            }
        };
        Ok(DpopRules {
            origins: origins.collect::<Result<_, _>>()?,
            required: self.required,
            policy: self.policy,
            nonces,
            proofs: self.proofs,
        })
    }
}

impl fmt::Debug for Dpop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dpop")
            .field("origins", &self.origins)
            .field("required", &self.required)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// The same, ready to be used.
#[derive(Debug)]
pub(super) struct DpopRules {
    /// None where the proxies say it.
    origins: Vec<HttpUri>,
    pub(super) required: bool,
    pub(super) policy: DpopPolicy,
    pub(super) nonces: Option<DpopNonces>,
    pub(super) proofs: Arc<dyn ProofStore>,
}

impl DpopRules {
    pub(super) fn offer(&self) -> DpopOffer {
        let names = self.policy.algorithms().iter().map(|name| name.as_str());
        DpopOffer {
            algorithms: names.collect::<Vec<_>>().join(" ").into(),
            required: self.required,
        }
    }

    /// The request's URI as its client may know it.
    pub(super) fn targets(
        &self,
        request: &ServiceRequest,
        addresses: &ClientAddresses,
    ) -> Vec<HttpUri> {
        let path = request.uri().path();
        let join = |origin: &HttpUri| origin.join(path).ok();
        if !self.origins.is_empty() {
            return self.origins.iter().filter_map(join).collect();
        }
        if !addresses.is_from_proxy(request.peer_addr()) {
            return Vec::new();
        }
        let origin = origin::forwarded(request.headers(), addresses.header);
        origin.as_ref().and_then(join).into_iter().collect()
    }
}
