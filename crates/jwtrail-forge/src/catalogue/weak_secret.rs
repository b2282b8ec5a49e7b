//! SIG-06: HMAC secrets that everybody knows.

use jwtrail_event::Reason;

use crate::{Algorithm, Case, Expect, Forge, Precondition, TokenBuilder};

/// Each secret twice: for services with an HMAC key, and for those without.
macro_rules! cases {
    ($($name:literal: $secret:expr,)+) => {
        pub(super) const CASES: &[Case] = &[$(
            Case::bearer(
                concat!("SIG-06/", $name),
                concat!("HS256 under the well-known secret \"", $name, "\""),
                |f| {
                    hmac_token(f).signed_with_secret($secret).sign()
                },
                Expect::untrusted(Reason::BadSignature),
            )
            .given(Precondition::Hmac),
            Case::bearer(
                concat!("SIG-06/", $name, "-without-hmac"),
                concat!("HS256 under the well-known secret \"", $name, "\", where only public keys are configured"),
                |f| f.token().signed_with_secret($secret).sign(),
                Expect::untrusted(Reason::AlgorithmNotAllowed),
            ),
        )+];
    };
}

cases! {
    "empty": b"",
    "space": b" ",
    "zero-bytes": &[0; 32],
    "secret": b"secret",
    "secretkey": b"secretkey",
    "secret-key": b"secret_key",
    "password": b"password",
    "changeme": b"changeme",
    "key": b"key",
    "jwt-secret": b"jwt_secret",
    "your-256-bit-secret": b"your-256-bit-secret",
    "your-secret-key": b"your-secret-key",
    "a-string-secret": b"a-string-secret-at-least-256-bits-long",
    "supersecret": b"supersecret",
    "mysecret": b"mysecret",
    "123456": b"123456",
    "test": b"test",
    "admin": b"admin",
    "undefined": b"undefined",
    "null": b"null",
    "default": b"default",
    // Constants that packages publish, which is worse: nobody has to guess.
    "json-server-auth": b"json-server-auth-123456",
}

/// A token under the `kid` of the service's HMAC key.
fn hmac_token(forge: &Forge) -> TokenBuilder<'_> {
    match &forge.model {
        Some(_) => forge.token(),
        None => forge.token().header("kid", Algorithm::Hs256.kid()),
    }
}
