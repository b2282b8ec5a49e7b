use zeroize::Zeroizing;

use crate::json::{Members, Value};
use crate::{Algorithm, Key, KeyError, base64url};

/// Reads one JSON Web Key (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
pub(crate) fn parse(members: &Members<'_>) -> Result<Key, KeyError> {
    let alg = optional_text(members, "alg")?
        .map(|name| name.parse::<Algorithm>())
        .transpose()
        .map_err(|_| KeyError::JwkAlgorithm)?;
    parse_for(members, alg)
}

/// The same, bound to this algorithm instead of the one that it names.
pub(crate) fn parse_for(members: &Members<'_>, alg: Option<Algorithm>) -> Result<Key, KeyError> {
    check_use(members)?;
    let kid = optional_text(members, "kid")?;
    match members.text("kty") {
        Some("oct") => secret(members, alg, kid),
        Some("RSA") => rsa(members, alg, kid),
        Some("EC") => elliptic(members, alg, kid),
        Some("OKP") => edwards(members, alg, kid),
        _ => Err(KeyError::Jwk { member: "kty" }),
    }
}

fn check_use(members: &Members<'_>) -> Result<(), KeyError> {
    match members.get("use") {
        None => {}
        Some(Value::String(purpose)) if purpose == "sig" => {}
        Some(_) => return Err(KeyError::NotForVerifying { member: "use" }),
    }
    match members.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations))
            if operations
                .iter()
                .any(|name| name.as_str() == Some("verify")) =>
        {
            Ok(())
        }
        Some(_) => Err(KeyError::NotForVerifying { member: "key_ops" }),
    }
}

fn secret(
    members: &Members<'_>,
    alg: Option<Algorithm>,
    kid: Option<&str>,
) -> Result<Key, KeyError> {
    let algorithm = alg.ok_or(KeyError::JwkAlgorithm)?;
    let secret = Zeroizing::new(bytes(members, "k")?);
    Key::hmac(algorithm, &*secret, kid).map_err(mismatch)
}

fn rsa(members: &Members<'_>, alg: Option<Algorithm>, kid: Option<&str>) -> Result<Key, KeyError> {
    refuse_private(members)?;
    let algorithm = alg.unwrap_or(Algorithm::Rs256);
    let (n, e) = (bytes(members, "n")?, bytes(members, "e")?);
    // Some issuers send the sign byte that DER needs and RFC 7518 section 6.3.1.1 forbids.
    let n = n.strip_prefix(&[0]).unwrap_or(&n);
    Key::rsa(algorithm, n, &e, kid).map_err(mismatch)
}

fn elliptic(
    members: &Members<'_>,
    alg: Option<Algorithm>,
    kid: Option<&str>,
) -> Result<Key, KeyError> {
    refuse_private(members)?;
    let name = members.text("crv").ok_or(KeyError::Jwk { member: "crv" })?;
    let bound = [Algorithm::Es256, Algorithm::Es384]
        .into_iter()
        .find_map(|algorithm| {
            let curve = algorithm.curve()?;
            (curve.name == name).then_some((algorithm, curve))
        });
    let (algorithm, curve) = bound.ok_or(KeyError::Jwk { member: "crv" })?;
    if alg.is_some_and(|alg| alg != algorithm) {
        return Err(KeyError::JwkAlgorithm);
    }
    // An uncompressed point: SEC 1 section 2.3.3.
    let mut point = vec![4];
    for member in ["x", "y"] {
        let coordinate = bytes(members, member)?;
        if coordinate.len() != curve.coordinate {
            return Err(KeyError::Jwk { member });
        }
        point.extend_from_slice(&coordinate);
    }
    Key::public(algorithm, &point, kid)
}

fn edwards(
    members: &Members<'_>,
    alg: Option<Algorithm>,
    kid: Option<&str>,
) -> Result<Key, KeyError> {
    refuse_private(members)?;
    if members.text("crv") != Some("Ed25519") {
        return Err(KeyError::Jwk { member: "crv" });
    }
    if alg.is_some_and(|alg| alg != Algorithm::EdDsa) {
        return Err(KeyError::JwkAlgorithm);
    }
    let x = bytes(members, "x")?;
    if x.len() != 32 {
        return Err(KeyError::Jwk { member: "x" });
    }
    Key::public(Algorithm::EdDsa, &x, kid)
}

fn refuse_private(members: &Members<'_>) -> Result<(), KeyError> {
    match is_private(members) {
        true => Err(KeyError::Private),
        false => Ok(()),
    }
}

/// Whether it brings the private part of an RSA, EC or OKP key.
pub(crate) fn is_private(members: &Members<'_>) -> bool {
    PRIVATE.iter().any(|name| members.contains_key(name))
}

fn bytes(members: &Members<'_>, member: &'static str) -> Result<Vec<u8>, KeyError> {
    members
        .get(member)
        .and_then(Value::as_str)
        .and_then(base64url::decode)
        .ok_or(KeyError::Jwk { member })
}

fn optional_text<'m>(
    members: &'m Members<'_>,
    member: &'static str,
) -> Result<Option<&'m str>, KeyError> {
    match members.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(KeyError::Jwk { member }),
    }
}

/// The `alg` came with the key, so that the fault is the JWK's, not the caller's.
fn mismatch(error: KeyError) -> KeyError {
    match error {
        KeyError::WrongKind { .. } => KeyError::JwkAlgorithm,
        other => other,
    }
}

/// The private parameters of RSA, EC and OKP keys.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];
