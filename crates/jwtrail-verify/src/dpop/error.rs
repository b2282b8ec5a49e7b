use jwtrail_event::Reason;

use crate::KeyError;

/// The check of RFC 9449 section 4.3 that a proof did not pass.
///
/// ```
/// use jwtrail_event::Reason;
/// use jwtrail_verify::DpopError;
/// assert_eq!(DpopError::Method.reason(), Reason::ProofInvalid);
/// assert_eq!(DpopError::Nonce.reason(), Reason::ProofNonceRequired);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DpopError {
    /// No proof came.
    #[error("no `DPoP` header came with the token")]
    Absent,
    /// More than one proof came (check 1).
    #[error("more than one `DPoP` header came")]
    Repeated,
    /// The proof is longer than 8 KiB.
    #[error("the proof is longer than 8,192 bytes")]
    TooLarge,
    /// Not one well-formed JWT (check 2).
    #[error("the proof is not one well-formed JWT")]
    Malformed,
    /// A claim is absent or has another type than it must have (check 3).
    #[error("the proof's claim `{name}` is absent or has the wrong type")]
    Claim {
        /// The claim.
        name: &'static str,
    },
    /// `typ` is not `dpop+jwt` (check 4).
    #[error("the proof's `typ` is not `dpop+jwt`")]
    WrongType,
    /// `alg` is none, symmetric, unknown or not allowed (check 5).
    #[error("the proof's `alg` is not one of the allowed asymmetric algorithms")]
    Algorithm,
    /// `crit` names an extension, or the payload is not encoded (RFC 7797).
    #[error("the proof demands an extension that is not understood")]
    Critical,
    /// `jwk` is no public key that `alg` can be verified with.
    #[error("the proof's `jwk` is not a public key for its `alg`")]
    Key(#[source] KeyError),
    /// The signature does not hold under `jwk` (check 6).
    #[error("the proof's signature does not hold")]
    Signature,
    /// `jwk` brings its private part (check 7).
    #[error("the proof's `jwk` brings its private part: that key is lost, make a new one")]
    PrivateKey,
    /// `htm` is not the method of the request (check 8).
    #[error("the proof is for another method")]
    Method,
    /// `htu` is not the URI of the request (check 9).
    #[error("the proof is for another URI")]
    Target,
    /// `nonce` is absent, or not one that is in force (check 10).
    #[error("the proof has no nonce that is in force")]
    Nonce,
    /// `iat` is too long ago or too far ahead (check 11).
    #[error("the proof was not made within the window of time")]
    Time,
    /// `ath` is not the hash of the token (check 12).
    #[error("the proof is for another token")]
    TokenHash,
    /// The token is bound to another key (check 12).
    #[error("the token is bound to another key than the proof's")]
    KeyBinding,
}

impl DpopError {
    /// The reason for the audit event. A nonce that is asked for is no failure of the client.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Nonce => Reason::ProofNonceRequired,
            _ => Reason::ProofInvalid,
        }
    }
}
