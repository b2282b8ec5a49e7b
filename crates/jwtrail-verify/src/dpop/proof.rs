use std::fmt;

use super::{DpopError, DpopPolicy};
use crate::json::{Members, Value};
use crate::jws::{Decoded, Parts};
use crate::{Algorithm, Key, KeyError, Thumbprint, json, jwk, policy};

/// A DPoP proof (RFC 9449 section 4.2) that its own key signed. What it proves is another
/// question: [`DpopPolicy::check`].
///
/// ```
/// use jwtrail_verify::{DpopError, DpopPolicy, DpopProof};
/// let read = DpopProof::read(b"no proof", &DpopPolicy::default());
/// assert_eq!(read.unwrap_err(), DpopError::Malformed);
/// ```
pub struct DpopProof {
    thumbprint: Thumbprint,
    jti: Box<str>,
    htm: Box<str>,
    htu: Box<str>,
    iat: i64,
    ath: Option<Box<str>>,
    nonce: Option<Box<str>>,
}

impl DpopProof {
    /// Reads a proof: checks 2 to 7 of RFC 9449 section 4.3, which ask for nothing but the
    /// proof.
    ///
    /// ```
    /// use jwtrail_verify::{DpopError, DpopPolicy, DpopProof};
    /// let policy = DpopPolicy::default();
    /// assert_eq!(DpopProof::read(b"a.b", &policy).unwrap_err(), DpopError::Malformed);
    /// // {"typ":"dpop+jwt","alg":"none"}
    /// let unsigned = b"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6Im5vbmUifQ.e30.";
    /// assert_eq!(DpopProof::read(unsigned, &policy).unwrap_err(), DpopError::Algorithm);
    /// ```
    ///
    /// # Errors
    /// The first check that it did not pass.
    pub fn read(bytes: &[u8], policy: &DpopPolicy) -> Result<Self, DpopError> {
        let (parts, decoded) = split(bytes)?;
        let header = json::object(&decoded.header).ok_or(DpopError::Malformed)?;
        let claims = json::object(&decoded.payload).ok_or(DpopError::Malformed)?;
        check_type(&header)?;
        let algorithm = check_algorithm(&header, policy)?;
        check_critical(&header)?;
        let Some(Value::Object(members)) = header.get("jwk") else {
            return Err(DpopError::Key(KeyError::NotJwk));
        };
        check_public(members)?;
        let key = key(members, algorithm)?;
        if !key.holds(parts.signed.as_bytes(), &decoded.signature) {
            return Err(DpopError::Signature);
        }
        let thumbprint = Thumbprint::of_members(members).map_err(DpopError::Key)?;
        Self::with_claims(&claims, thumbprint)
    }

    /// The thumbprint of the key that signed it.
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// `jti`: with the key, it tells proofs apart.
    #[must_use]
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// `htm`: the method that it is for.
    #[must_use]
    pub fn htm(&self) -> &str {
        &self.htm
    }

    /// `htu`: the URI that it is for, as the client wrote it.
    #[must_use]
    pub fn htu(&self) -> &str {
        &self.htu
    }

    /// `iat`: when it was made, in seconds since the epoch.
    #[must_use]
    pub const fn iat(&self) -> i64 {
        self.iat
    }

    /// `ath`: the hash of the token that it is for.
    #[must_use]
    pub fn ath(&self) -> Option<&str> {
        self.ath.as_deref()
    }

    /// `nonce`: what the server gave.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// Check 3: all claims are there, and are what they must be.
    fn with_claims(claims: &Members<'_>, thumbprint: Thumbprint) -> Result<Self, DpopError> {
        let optional = |name| match claims.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(Box::from(&**text))),
            Some(_) => Err(DpopError::Claim { name }),
        };
        let required = |name| {
            let text: Option<Box<str>> = optional(name)?;
            text.filter(|text| !text.is_empty())
                .ok_or(DpopError::Claim { name })
        };
        let iat = crate::claims::numeric_date(claims.get("iat"));
        Ok(Self {
            thumbprint,
            jti: required("jti")?,
            htm: required("htm")?,
            htu: required("htu")?,
            iat: iat.ok_or(DpopError::Claim { name: "iat" })?,
            ath: optional("ath")?,
            nonce: optional("nonce")?,
        })
    }
}

impl fmt::Debug for DpopProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopProof")
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}

/// Check 2: one JWT. Whether its parts are JSON is asked next.
fn split(bytes: &[u8]) -> Result<(Parts<'_>, Decoded), DpopError> {
    if bytes.len() > policy::MAX_TOKEN_BYTES {
        return Err(DpopError::TooLarge);
    }
    let parts = std::str::from_utf8(bytes).ok().and_then(Parts::split);
    let parts = parts.ok_or(DpopError::Malformed)?;
    let decoded = parts.decode().ok_or(DpopError::Malformed)?;
    Ok((parts, decoded))
}

/// Check 4: it says that it is a proof.
fn check_type(header: &Members<'_>) -> Result<(), DpopError> {
    let typ = header.get("typ").and_then(Value::as_str);
    match typ.is_some_and(|typ| typ.eq_ignore_ascii_case("dpop+jwt")) {
        true => Ok(()),
        false => Err(DpopError::WrongType),
    }
}

/// Check 5: an asymmetric algorithm that is allowed.
fn check_algorithm(header: &Members<'_>, policy: &DpopPolicy) -> Result<Algorithm, DpopError> {
    header
        .get("alg")
        .and_then(Value::as_str)
        .and_then(|name| name.parse().ok())
        .filter(|algorithm| policy.algorithms().contains(algorithm))
        .ok_or(DpopError::Algorithm)
}

/// No extension is understood (RFC 7515 section 4.1.11).
fn check_critical(header: &Members<'_>) -> Result<(), DpopError> {
    let encoded = header.get("b64").is_none_or(Value::is_true);
    match header.contains_key("crit") || !encoded {
        true => Err(DpopError::Critical),
        false => Ok(()),
    }
}

/// Check 7: the key is public. A symmetric one never is.
fn check_public(members: &Members<'_>) -> Result<(), DpopError> {
    match jwk::is_private(members) || members.contains_key("k") {
        true => Err(DpopError::PrivateKey),
        false => Ok(()),
    }
}

/// The key, bound to the proof's algorithm. If it names one of its own, that must be the same.
fn key(members: &Members<'_>, algorithm: Algorithm) -> Result<Key, DpopError> {
    let named = members.get("alg");
    if named.is_some_and(|named| named.as_str() != Some(algorithm.as_str())) {
        return Err(DpopError::Key(KeyError::JwkAlgorithm));
    }
    jwk::parse_for(members, Some(algorithm)).map_err(DpopError::Key)
}
