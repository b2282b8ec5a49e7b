//! SIG-05: a public key used as an HMAC secret.

use jwtrail_event::{Reason, SecretToken};

use crate::text::pem_body;
use crate::{Algorithm, Case, Expect, Forge, Precondition, keys};

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
    let pem = keys::public_pem(algorithm).unwrap_or_default();
    let secret = match form {
        Form::Pem => pem.as_bytes().to_vec(),
        Form::PemTrimmed => pem.trim_end().as_bytes().to_vec(),
        Form::Der => pem_body(pem),
        Form::Jwk => {
            let jwk = keys::public_jwk(algorithm).unwrap_or_default();
            jwk.split_whitespace().collect::<String>().into_bytes()
        }
    };
    let token = forge.token().header("kid", algorithm.kid());
    token.signed_with_secret(&secret).sign()
}
