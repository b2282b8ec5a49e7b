use jwtrail_event::Timestamp;

use super::{DpopError, DpopNonces, DpopProof};
use crate::{HttpUri, Thumbprint};

/// The request that a proof came with: what its claims are held against.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_verify::{DpopError, DpopPolicy, DpopRequest, Thumbprint};
/// let request = DpopRequest {
///     proofs: &[],
///     method: "GET",
///     targets: &[],
///     token: "a.b.c",
///     bound_to: &Thumbprint::of_certificate(b""),
///     nonces: None,
/// };
/// let checked = DpopPolicy::default().check(&request, Timestamp::from_seconds(0));
/// assert_eq!(checked.unwrap_err(), DpopError::Absent);
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "each field is a check, and leaving one out must not compile"
)]
pub struct DpopRequest<'a> {
    /// The values of all `DPoP` headers.
    pub proofs: &'a [&'a [u8]],
    /// The method.
    pub method: &'a str,
    /// The URI as the client knows it, or each if the service has several names. Not out of the
    /// `Host` header alone: whoever relays a proof that was made for him writes that as he likes.
    pub targets: &'a [HttpUri],
    /// The access token as it came.
    pub token: &'a str,
    /// The key that the token is bound to: `jkt`.
    pub bound_to: &'a Thumbprint,
    /// The nonces of which the proof must hold one, if the server gives any.
    pub nonces: Option<&'a DpopNonces>,
}

impl<'a> DpopRequest<'a> {
    /// Check 1: there is not more than one proof.
    pub(super) fn only_proof(&self) -> Result<&'a [u8], DpopError> {
        match self.proofs {
            [] => Err(DpopError::Absent),
            [proof] => Ok(proof),
            _ => Err(DpopError::Repeated),
        }
    }

    /// Check 8: `htm` is the method.
    pub(super) fn check_method(&self, proof: &DpopProof) -> Result<(), DpopError> {
        holds(proof.htm() == self.method, DpopError::Method)
    }

    /// Check 9: `htu` is the URI, without query and fragment, both normalised.
    pub(super) fn check_target(&self, proof: &DpopProof) -> Result<(), DpopError> {
        let claimed = HttpUri::parse(proof.htu()).map_err(|_| DpopError::Target)?;
        holds(self.targets.contains(&claimed), DpopError::Target)
    }

    /// Check 10: `nonce` is one that the server gave.
    pub(super) fn check_nonce(&self, proof: &DpopProof, now: Timestamp) -> Result<(), DpopError> {
        let Some(nonces) = self.nonces else {
            return Ok(());
        };
        let in_force = proof
            .nonce()
            .is_some_and(|nonce| nonces.accepts(nonce, now));
        holds(in_force, DpopError::Nonce)
    }

    /// Check 12, first half: `ath` is the token's hash.
    pub(super) fn check_token(&self, proof: &DpopProof) -> Result<(), DpopError> {
        let hash = Thumbprint::of(self.token.as_bytes());
        let claimed = proof.ath().and_then(Thumbprint::from_base64url);
        holds(claimed == Some(hash), DpopError::TokenHash)
    }

    /// Check 12, second half: the token is bound to the proof's key.
    pub(super) fn check_key(&self, proof: &DpopProof) -> Result<(), DpopError> {
        holds(proof.thumbprint() == self.bound_to, DpopError::KeyBinding)
    }
}

fn holds(condition: bool, error: DpopError) -> Result<(), DpopError> {
    if condition { Ok(()) } else { Err(error) }
}
