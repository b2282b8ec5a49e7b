//! SIG-05: a public key used as an HMAC secret.

use jwtrail_event::{Reason, SecretToken};

use crate::{Algorithm, Case, Expect, Forge, Precondition, Unforgeable};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "SIG-05/rs256-pem",
        "HS256 under the RS256 key's PEM",
        |f| confused(f, Algorithm::Rs256, Form::Pem),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/rs256-pem-no-newline",
        "HS256 under the RS256 key's PEM without its last newline",
        |f| confused(f, Algorithm::Rs256, Form::PemTrimmed),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/rs256-der",
        "HS256 under the RS256 key's DER",
        |f| confused(f, Algorithm::Rs256, Form::Der),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/rs256-jwk",
        "HS256 under the RS256 key's JWK",
        |f| confused(f, Algorithm::Rs256, Form::Jwk),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/es256-pem",
        "HS256 under the ES256 key's PEM",
        |f| confused(f, Algorithm::Es256, Form::Pem),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/es256-pem-no-newline",
        "HS256 under the ES256 key's PEM without its last newline",
        |f| confused(f, Algorithm::Es256, Form::PemTrimmed),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/es256-der",
        "HS256 under the ES256 key's DER",
        |f| confused(f, Algorithm::Es256, Form::Der),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/es256-jwk",
        "HS256 under the ES256 key's JWK",
        |f| confused(f, Algorithm::Es256, Form::Jwk),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/eddsa-pem",
        "HS256 under the EdDSA key's PEM",
        |f| confused(f, Algorithm::EdDsa, Form::Pem),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/eddsa-der",
        "HS256 under the EdDSA key's DER",
        |f| confused(f, Algorithm::EdDsa, Form::Der),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/eddsa-jwk",
        "HS256 under the EdDSA key's JWK",
        |f| confused(f, Algorithm::EdDsa, Form::Jwk),
        REFUSED,
    ),
    Case::bearer(
        "SIG-05/rs256-pem-beside-hmac",
        "HS256 under the RS256 key's PEM and `kid`, where HS256 is configured, too",
        |f| confused(f, Algorithm::Rs256, Form::Pem),
        Expect::untrusted(Reason::UnknownKey),
    )
    .given(Precondition::Hmac),
];

const REFUSED: Expect = Expect::untrusted(Reason::AlgorithmNotAllowed);

/// How the public key is written when its bytes are taken as the secret.
enum Form {
    Pem,
    PemTrimmed,
    Der,
    Jwk,
}

fn confused(forge: &Forge, algorithm: Algorithm, form: Form) -> SecretToken {
    let Some(key) = forge.published(algorithm) else {
        return forge.token().signed_by_stranger().sign();
    };
    let secret = match form {
        Form::Pem => key.pem().as_bytes(),
        Form::PemTrimmed => key.pem().trim_end().as_bytes(),
        Form::Der => key.der(),
        Form::Jwk => {
            let jwk = key.jwk();
            if jwk.is_none() {
                forge.hinder(Unforgeable::NotApplicable);
            }
            jwk.unwrap_or_default().as_bytes()
        }
    };
    let token = match &forge.model {
        Some(_) => forge.token(),
        None => forge.token().header("kid", algorithm.kid()),
    };
    token.signed_with_secret(secret).sign()
}
