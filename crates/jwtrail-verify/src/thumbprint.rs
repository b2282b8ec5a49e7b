use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

use crate::json::Members;
use crate::{KeyError, base64url, json};

/// The SHA-256 of a key (RFC 7638) or of a certificate (RFC 8705 section 3.1): what `cnf` binds
/// a token to.
///
/// ```
/// use jwtrail_verify::Thumbprint;
/// let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
/// let thumbprint = Thumbprint::of_jwk(jwk)?;
/// assert_eq!(thumbprint.to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"); // RFC 8037 A.3
/// assert_eq!(Thumbprint::from_base64url(&thumbprint.to_string()), Some(thumbprint));
/// # Ok::<(), jwtrail_verify::KeyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Of a public key as JSON Web Key: its required members only, in their order.
    ///
    /// # Errors
    /// When the JSON is no object, or a required member is absent.
    pub fn of_jwk(json: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::of_members(&json::object(json.as_ref()).ok_or(KeyError::NotJwk)?)
    }

    /// Of a certificate in DER: `x5t#S256`.
    ///
    /// ```
    /// use jwtrail_verify::Thumbprint;
    /// let certificate = b"its DER";
    /// assert_eq!(Thumbprint::of_certificate(certificate), Thumbprint::of_certificate(certificate));
    /// ```
    #[must_use]
    pub fn of_certificate(der: &[u8]) -> Self {
        Self::of(der)
    }

    /// As it stands in `jkt` and `x5t#S256`; none if these are not 32 bytes in base64url.
    #[must_use]
    pub fn from_base64url(text: &str) -> Option<Self> {
        // 32 bytes are 43 characters: nothing longer is decoded.
        let bytes = (text.len() == 43).then(|| base64url::decode(text))??;
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn of_members(members: &Members<'_>) -> Result<Self, KeyError> {
        let names: &[&'static str] = match members.text("kty") {
            Some("EC") => &["crv", "kty", "x", "y"],
            Some("OKP") => &["crv", "kty", "x"],
            Some("RSA") => &["e", "kty", "n"],
            _ => return Err(KeyError::Jwk { member: "kty" }),
        };
        let mut canonical = String::new();
        for member in names {
            let value = members.text(member).ok_or(KeyError::Jwk { member })?;
            // Each is base64url or a name, so nothing in it can need an escape.
            if !value.bytes().all(is_unescaped) {
                return Err(KeyError::Jwk { member });
            }
            let gap = if canonical.is_empty() { '{' } else { ',' };
            canonical.push(gap);
            for part in ["\"", member, "\":\"", value, "\""] {
                canonical.push_str(part);
            }
        }
        canonical.push('}');
        Ok(Self::of(canonical.as_bytes()))
    }

    /// The SHA-256 of any bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        for (byte, from) in hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
            *byte = *from;
        }
        Self(hash)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

const fn is_unescaped(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7638 section 3.1.
    #[test]
    fn rfc_7638_example() {
        let jwk = concat!(
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86z"#,
            "wu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_",
            "RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91C",
            "bOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEg",
            r#"U8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#
        );
        let thumbprint = Thumbprint::of_jwk(jwk).unwrap();
        assert_eq!(
            thumbprint.to_string(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn what_is_no_public_key_has_none() {
        for jwk in [
            "",
            "[]",
            "{}",
            r#"{"kty":"oct","k":"AAAA"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AA"}"#,
            r#"{"kty":"OKP","crv":"Ed25519","x":"\",\"y\":\""}"#,
            r#"{"kty":"OKP","kty":"OKP","crv":"Ed25519","x":"AA"}"#,
        ] {
            assert!(Thumbprint::of_jwk(jwk).is_err(), "{jwk}");
        }
    }

    #[test]
    fn base64url_of_32_bytes_and_nothing_else() {
        let text = Thumbprint::of(b"x").to_string();
        let read = Thumbprint::from_base64url(&text).unwrap();
        // The SHA-256 of "x".
        assert_eq!(read.as_bytes()[..3], [0x2d, 0x71, 0x16]);
        for wrong in [
            "",
            "AA",
            text.split_at(1).1,
            &format!("{text}="),
            &"A".repeat(44),
        ] {
            assert_eq!(Thumbprint::from_base64url(wrong), None, "{wrong}");
        }
    }
}
