//! The embedded keys. TEST ONLY: they are public.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use crate::Algorithm;
use crate::text::base64url;

/// The service's HMAC secret.
pub(crate) const HMAC_SECRET: &[u8] = b"jwtrail-forge TEST ONLY hmac secret, 48 bytes!!!";
/// The HMAC secret of somebody whom nobody trusts.
pub(crate) const STRANGER_HMAC_SECRET: &[u8] = b"jwtrail-forge TEST ONLY stranger's hmac secret!!";

/// The private keys (PKCS #8) that the service under test trusts.
pub(crate) const RS256: &[u8] = include_bytes!("../keys/service-rs256.pk8");
pub(crate) const ES256: &[u8] = include_bytes!("../keys/service-es256.pk8");
pub(crate) const EDDSA: &[u8] = include_bytes!("../keys/service-eddsa.pk8");

/// The private keys of a stranger, with what he shows of them.
pub(crate) const STRANGER_RS256: &[u8] = include_bytes!("../keys/stranger-rs256.pk8");
pub(crate) const STRANGER_ES256: &[u8] = include_bytes!("../keys/stranger-es256.pk8");
pub(crate) const STRANGER_EDDSA: &[u8] = include_bytes!("../keys/stranger-eddsa.pk8");
pub(crate) const STRANGER_CERTIFICATE: &[u8] = include_bytes!("../keys/stranger-es256.crt");

/// What the stranger shows of his key.
pub(crate) const fn stranger_jwk(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => include_str!("../keys/stranger-rs256.jwk.json"),
        Algorithm::EdDsa => include_str!("../keys/stranger-eddsa.jwk.json"),
        Algorithm::Es256 | Algorithm::Hs256 => include_str!("../keys/stranger-es256.jwk.json"),
    }
}

/// The `kid` of the stranger's key.
pub(crate) const fn stranger_kid(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => "stranger-rs256",
        Algorithm::EdDsa => "stranger-eddsa",
        Algorithm::Es256 | Algorithm::Hs256 => "stranger-es256",
    }
}

/// The private keys of the client that tokens are bound to, and its certificate.
pub(crate) const CLIENT_RS256: &[u8] = include_bytes!("../keys/client-rs256.pk8");
pub(crate) const CLIENT_ES256: &[u8] = include_bytes!("../keys/client-es256.pk8");
pub(crate) const CLIENT_EDDSA: &[u8] = include_bytes!("../keys/client-eddsa.pk8");
pub(crate) const CLIENT_CERTIFICATE: &[u8] = include_bytes!("../keys/client-es256.crt");

/// The client's public key as a JWK.
pub(crate) const fn client_jwk(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Hs256 => None,
        Algorithm::Rs256 => Some(include_str!("../keys/client-rs256.jwk.json")),
        Algorithm::Es256 => Some(include_str!("../keys/client-es256.jwk.json")),
        Algorithm::EdDsa => Some(include_str!("../keys/client-eddsa.jwk.json")),
    }
}

/// Its thumbprint (RFC 7638): the SHA-256 of its required members in their order.
pub(crate) fn client_thumbprint(algorithm: Algorithm) -> Option<String> {
    let jwk: Value = serde_json::from_str(client_jwk(algorithm)?).ok()?;
    let names: &[&str] = match algorithm {
        Algorithm::Rs256 => &["e", "kty", "n"],
        Algorithm::EdDsa => &["crv", "kty", "x"],
        _ => &["crv", "kty", "x", "y"],
    };
    let members = names.iter().map(|name| Some((*name, jwk.get(name)?)));
    let members = members.collect::<Option<Vec<_>>>()?;
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    Some(sha256(format!("{{{}}}", members.join(",")).as_bytes()))
}

/// SHA-256 in base64url.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    base64url(digest(&SHA256, bytes).as_ref())
}

/// The service's public key as PEM, as it is published, newline at the end.
pub(crate) const fn public_pem(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Hs256 => None,
        Algorithm::Rs256 => Some(include_str!("../keys/service-rs256.pub.pem")),
        Algorithm::Es256 => Some(include_str!("../keys/service-es256.pub.pem")),
        Algorithm::EdDsa => Some(include_str!("../keys/service-eddsa.pub.pem")),
    }
}

/// The service's public key as a JWK.
pub(crate) const fn public_jwk(algorithm: Algorithm) -> Option<&'static str> {
    match algorithm {
        Algorithm::Hs256 => None,
        Algorithm::Rs256 => Some(include_str!("../keys/service-rs256.jwk.json")),
        Algorithm::Es256 => Some(include_str!("../keys/service-es256.jwk.json")),
        Algorithm::EdDsa => Some(include_str!("../keys/service-eddsa.jwk.json")),
    }
}
