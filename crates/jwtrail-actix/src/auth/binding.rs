//! Tokens that are bound to a key (RFC 9449) or a certificate (RFC 8705).

mod certificate;
mod dpop;
mod origin;

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use jwtrail_event::{Reason, Timestamp};
use jwtrail_session::{ProofId, ProofUse};
use jwtrail_verify::{DpopError, DpopProof, DpopRequest, Thumbprint, VerifiedToken};

use super::JwtAuthError;
use super::answer::{DpopOffer, Refusal};
use super::decision::Decision;
use super::policy::Policy;
use super::source::{Presented, Scheme};
use crate::client_address::ClientAddresses;
pub use certificate::ClientCertificate;
pub use dpop::Dpop;
use dpop::DpopRules;

/// What proofs of possession are taken.
#[derive(Debug)]
pub(crate) struct Binding {
    dpop: Option<DpopRules>,
    certificates_from_proxies: bool,
}

/// A token that held came without the proof that it asks for.
pub(super) struct Unproven {
    pub(super) reason: Reason,
    pub(super) refusal: Refusal,
}

impl Binding {
    pub(super) fn new(
        dpop: Option<Dpop>,
        certificates_from_proxies: bool,
        addresses: &ClientAddresses,
    ) -> Result<Self, JwtAuthError> {
        if certificates_from_proxies && addresses.trusted_proxies.is_empty() {
            let what = "client's certificate";
            return Err(JwtAuthError::NoTrustedProxies { what });
        }
        Ok(Self {
            dpop: dpop.map(|dpop| dpop.build(addresses)).transpose()?,
            certificates_from_proxies,
        })
    }

    /// Whether proofs are remembered where a password goes in clear.
    pub(super) fn is_plaintext(&self) -> bool {
        let dpop = self.dpop.as_ref();
        dpop.is_some_and(|dpop| dpop.proofs.is_plaintext())
    }

    /// What the challenge offers.
    pub(super) fn offer(&self) -> Option<DpopOffer> {
        self.dpop.as_ref().map(DpopRules::offer)
    }

    /// Whether nothing has to be proven.
    pub(super) fn asks_nothing(&self, scheme: Scheme, token: &VerifiedToken) -> bool {
        let required = self.dpop.as_ref().is_some_and(|dpop| dpop.required);
        scheme == Scheme::Bearer && token.confirmation().is_none() && !required
    }
}

impl Policy {
    /// The binding step: the client proves that it holds what the token is bound to.
    pub(super) async fn check_binding(
        &self,
        request: &ServiceRequest,
        presented: Presented<'_>,
        token: &Arc<VerifiedToken>,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.binding.asks_nothing(decision.scheme(), token) {
            return Ok(());
        }
        // What held is text.
        let text = presented.word().unwrap_or_default();
        let proven = Box::pin(self.prove(request, text, token, decision, now)).await;
        match proven {
            Ok(()) => {
                decision.proven();
                Ok(())
            }
            Err(unproven) => Err(self.unproven(token, unproven, decision, now)),
        }
    }

    async fn prove(
        &self,
        request: &ServiceRequest,
        presented: &str,
        token: &VerifiedToken,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<(), Unproven> {
        let confirmation = token.confirmation();
        if confirmation.is_some_and(jwtrail_verify::Confirmation::is_unknown) {
            return Err(Unproven::wrong_token());
        }
        if let Some(bound) = confirmation.and_then(|c| c.certificate())
            && self.certificate(request) != Some(*bound)
        {
            return Err(Unproven::wrong_token());
        }
        let required = self.binding.dpop.as_ref().is_some_and(|dpop| dpop.required);
        let key = confirmation.and_then(|c| c.key());
        match (decision.scheme(), key, &self.binding.dpop) {
            (Scheme::Bearer, None, _) if !required => Ok(()),
            (Scheme::Dpop, Some(key), Some(rules)) => {
                let proof = self.check_proof(rules, request, presented, key, decision, now)?;
                note_use(rules, &proof, decision, now).await
            }
            // A bound token as Bearer, an unbound one with a proof, or nobody to check it.
            _ => Err(Unproven::wrong_token()),
        }
    }

    fn check_proof(
        &self,
        rules: &DpopRules,
        request: &ServiceRequest,
        presented: &str,
        key: &Thumbprint,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<DpopProof, Unproven> {
        let proofs = request.headers().get_all("dpop");
        let proofs: Vec<&[u8]> = proofs.map(|value| value.as_bytes()).collect();
        let checked = rules.policy.check(
            &DpopRequest {
                proofs: &proofs,
                method: request.method().as_str(),
                targets: &rules.targets(request, &self.addresses),
                token: presented,
                bound_to: key,
                nonces: rules.nonces.as_ref(),
            },
            now,
        );
        if let Some(nonces) = &rules.nonces {
            let proof = checked.as_ref().ok();
            let current = proof.and_then(DpopProof::nonce);
            if !current.is_some_and(|nonce| nonces.is_current(nonce, now)) {
                decision.give_nonce(&nonces.current(now));
            }
        }
        checked.map_err(|error| Unproven::of(&error))
    }

    fn certificate(&self, request: &ServiceRequest) -> Option<Thumbprint> {
        let from_proxies = self.binding.certificates_from_proxies;
        if from_proxies && self.addresses.is_from_proxy(request.peer_addr()) {
            // The connection's own certificate is then the proxy's.
            return certificate::from_header(request.headers());
        }
        certificate::of_connection(request)
    }
}

/// The last question, after everything else held: so only good proofs are remembered.
async fn note_use(
    rules: &DpopRules,
    proof: &DpopProof,
    decision: &Decision,
    now: Timestamp,
) -> Result<(), Unproven> {
    if !decision.notes_proof_in(Arc::as_ptr(&rules.proofs).addr()) {
        return Ok(());
    }
    let id = ProofId {
        key: proof.thumbprint(),
        jti: proof.jti(),
    };
    let until = rules.policy.valid_until(proof);
    match rules.proofs.note(id, until, now).await {
        Ok(ProofUse::First) => Ok(()),
        Ok(ProofUse::Again) => Err(Unproven {
            reason: Reason::ProofReplayed,
            refusal: Refusal::InvalidProof,
        }),
        // Fail closed: it may have been used.
        Err(_) => Err(Unproven {
            reason: Reason::BackendUnavailable,
            refusal: Refusal::of(Reason::BackendUnavailable),
        }),
    }
}

impl Unproven {
    /// The token can't be used in this way (RFC 9449 section 7.1, RFC 8705 section 3).
    fn wrong_token() -> Self {
        Self {
            reason: Reason::ProofInvalid,
            refusal: Refusal::InvalidToken,
        }
    }

    fn of(error: &DpopError) -> Self {
        Self {
            reason: error.reason(),
            refusal: match error {
                DpopError::Nonce => Refusal::NonceRequired,
                DpopError::KeyBinding => Refusal::InvalidToken,
                _ => Refusal::InvalidProof,
            },
        }
    }
}
