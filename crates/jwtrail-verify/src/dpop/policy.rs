use jwtrail_event::Timestamp;

use super::{DpopError, DpopProof, DpopRequest};
use crate::Algorithm;

/// Which DPoP proofs are taken (RFC 9449).
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::Forge;
/// use jwtrail_verify::{DpopError, DpopPolicy, DpopRequest, HttpUri, Thumbprint};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let forge = Forge::new(now);
/// let token = forge.token().bound_to_client().sign();
/// let proof = forge.proof(&token).sign();
///
/// let request = DpopRequest {
///     proofs: &[proof.expose().as_bytes()],
///     method: "GET",
///     targets: &[HttpUri::parse("https://orders.example/orders/7")?],
///     token: token.expose(),
///     bound_to: &Thumbprint::of_jwk(forge.client_jwk())?,
///     nonces: None,
/// };
/// let policy = DpopPolicy::default();
/// assert!(policy.check(&request, now).is_ok());
/// let posted = DpopRequest { method: "POST", ..request };
/// assert_eq!(policy.check(&posted, now).unwrap_err(), DpopError::Method);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DpopPolicy {
    algorithms: Vec<Algorithm>,
    window: i64,
}

impl Default for DpopPolicy {
    /// ES256, ES384, `EdDSA`, PS256 and RS256; a window of 60 s.
    fn default() -> Self {
        Self {
            algorithms: DEFAULT.to_vec(),
            window: WINDOW,
        }
    }
}

impl DpopPolicy {
    /// The algorithms that proofs may be signed with.
    ///
    /// ```
    /// use jwtrail_verify::{Algorithm, DpopPolicy};
    /// let policy = DpopPolicy::default().with_algorithms([Algorithm::Es256])?;
    /// assert_eq!(policy.algorithms(), [Algorithm::Es256]);
    /// assert!(DpopPolicy::default().with_algorithms([Algorithm::Hs256]).is_err());
    /// # Ok::<(), jwtrail_verify::UnusableDpopPolicy>(())
    /// ```
    ///
    /// # Errors
    /// When none is named, or a symmetric one.
    pub fn with_algorithms(
        mut self,
        algorithms: impl IntoIterator<Item = Algorithm>,
    ) -> Result<Self, UnusableDpopPolicy> {
        self.algorithms = algorithms.into_iter().collect();
        let symmetric = self.algorithms.iter().find(|a| a.is_symmetric()).copied();
        match symmetric {
            Some(algorithm) => Err(UnusableDpopPolicy::Symmetric { algorithm }),
            None if self.algorithms.is_empty() => Err(UnusableDpopPolicy::NoAlgorithm),
            None => Ok(self),
        }
    }

    /// How far `iat` may be from the present moment, before or after it, in seconds: 60 unless
    /// said otherwise, at most 300. A proof must be remembered for twice as long.
    ///
    /// ```
    /// use jwtrail_verify::DpopPolicy;
    /// assert!(DpopPolicy::default().with_window(30).is_ok());
    /// assert!(DpopPolicy::default().with_window(3600).is_err());
    /// ```
    ///
    /// # Errors
    /// When it is 0 or more than 300.
    pub fn with_window(mut self, seconds: u32) -> Result<Self, UnusableDpopPolicy> {
        if !(1..=MOST_WINDOW).contains(&seconds) {
            return Err(UnusableDpopPolicy::Window { seconds });
        }
        self.window = i64::from(seconds);
        Ok(self)
    }

    /// The algorithms, for the challenge.
    #[must_use]
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// Takes the proof of a request through all checks of RFC 9449 section 4.3.
    ///
    /// A proof that passed may still have been used before: whoever calls this asks its memory
    /// of [`thumbprint`](DpopProof::thumbprint) and [`jti`](DpopProof::jti) next, and keeps them
    /// until [`valid_until`](Self::valid_until).
    ///
    /// # Errors
    /// The first check that it did not pass.
    pub fn check(&self, request: &DpopRequest<'_>, now: Timestamp) -> Result<DpopProof, DpopError> {
        let proof = DpopProof::read(request.only_proof()?, self)?;
        request.check_method(&proof)?;
        request.check_target(&proof)?;
        request.check_token(&proof)?;
        request.check_key(&proof)?;
        // What the client can mend by trying again comes last: then one try is enough.
        self.check_time(&proof, now)?;
        request.check_nonce(&proof, now)?;
        Ok(proof)
    }

    /// When a proof can't pass any more.
    #[must_use]
    pub fn valid_until(&self, proof: &DpopProof) -> Timestamp {
        Timestamp::from_seconds(proof.iat().saturating_add(self.window).saturating_add(1))
    }

    /// Check 11: the proof was made within the window.
    fn check_time(&self, proof: &DpopProof, now: Timestamp) -> Result<(), DpopError> {
        let away = proof.iat().saturating_sub(now.as_seconds());
        match away.saturating_abs() <= self.window {
            true => Ok(()),
            false => Err(DpopError::Time),
        }
    }
}

/// A policy that can't be used.
///
/// ```
/// use jwtrail_verify::{DpopPolicy, UnusableDpopPolicy};
/// let error = DpopPolicy::default().with_window(0).unwrap_err();
/// assert_eq!(error, UnusableDpopPolicy::Window { seconds: 0 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableDpopPolicy {
    /// No algorithm.
    #[error("no algorithm is allowed for DPoP proofs; name one, e.g. ES256")]
    NoAlgorithm,
    /// Both ends would know the key.
    #[error("{algorithm} is symmetric: nothing can be proven with it (RFC 9449 section 4.3)")]
    Symmetric {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// The window is too short or too long.
    #[error("the window of DPoP proofs is {seconds} s, it needs 1 to 300")]
    Window {
        /// As given.
        seconds: u32,
    },
}

/// What RFC 9449 deployments use.
const DEFAULT: [Algorithm; 5] = [
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::EdDsa,
    Algorithm::Ps256,
    Algorithm::Rs256,
];
/// In seconds.
const WINDOW: i64 = 60;
/// In seconds.
const MOST_WINDOW: u32 = 300;
