use jwtrail_event::Reason;

use crate::{KeySet, base64url, header, json, policy};

/// Verifies a compact JWS (RFC 7515 section 3.1) under a key of the set and gives its payload:
/// the signature step alone, without claims or an issuer.
///
/// ```
/// use jwtrail_event::Reason;
/// use jwtrail_verify::{Algorithm, Key, KeySet, verify_jws};
/// let keys = KeySet::new(vec![Key::hmac(Algorithm::Hs256, [7; 32], None)?])?;
/// // {"alg":"none"}
/// assert_eq!(verify_jws("eyJhbGciOiJub25lIn0.e30.", &keys), Err(Reason::AlgorithmNotAllowed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The reason why it does not hold. Tokens of more than 8 KiB are refused.
pub fn verify_jws(token: &str, keys: &KeySet) -> Result<Vec<u8>, Reason> {
    if token.len() > policy::MAX_TOKEN_BYTES {
        return Err(Reason::TokenTooLarge);
    }
    let parts = Parts::split(token).ok_or(Reason::MalformedToken)?;
    let decoded = parts.decode().ok_or(Reason::MalformedToken)?;
    let members = json::object(&decoded.header).ok_or(Reason::MalformedToken)?;
    let algorithm = header::check(&members, |algorithm| keys.algorithms().contains(algorithm))?;
    let kid = members.text("kid");
    let key = keys.find(kid, algorithm).ok_or(Reason::UnknownKey)?;
    if !key.holds(parts.signed.as_bytes(), &decoded.signature) {
        return Err(Reason::BadSignature);
    }
    Ok(decoded.payload)
}

/// The three segments of a token, as they stand there.
pub(crate) struct Parts<'a> {
    pub(crate) header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// What the signature is over.
    pub(crate) signed: &'a str,
}

impl<'a> Parts<'a> {
    pub(crate) fn split(token: &'a str) -> Option<Self> {
        // From both ends: the payload is the longest, and what would be a fourth segment is
        // seen when it is decoded.
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        Some(Self {
            header,
            payload,
            signature,
            signed,
        })
    }

    pub(crate) fn decode(&self) -> Option<Decoded> {
        Some(Decoded {
            header: base64url::decode(self.header)?,
            payload: base64url::decode(self.payload)?,
            signature: base64url::decode(self.signature)?,
        })
    }

    /// The same of a token whose header is known.
    pub(crate) fn decode_after_header(&self) -> Option<Decoded> {
        Some(Decoded {
            header: Vec::new(),
            payload: base64url::decode(self.payload)?,
            signature: base64url::decode(self.signature)?,
        })
    }

    /// The header and payload for the record of a token that could not be decoded as a whole.
    pub(crate) fn salvage(&self) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        if self.payload.contains('.') {
            // Of more segments than three nobody knows which is what.
            return (None, None);
        }
        (
            base64url::decode(self.header),
            base64url::decode(self.payload),
        )
    }
}

/// The segments' bytes.
pub(crate) struct Decoded {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}
