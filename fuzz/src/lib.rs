//! What the targets share: one issuer, its key, and a verifier that trusts it.
//!
//! A target holds more than "it does not panic": what was accepted is judged again by an oracle
//! that is written another way.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::Timestamp;
use jwtrail_verify::{Algorithm, Key, KeySet, Seed, Verifier};

/// The moment of every run, in seconds.
pub const NOW: i64 = 1_800_000_000;
/// `iss` of good tokens.
pub const ISSUER: &str = "https://login.example";
/// `aud` of good tokens.
pub const AUDIENCE: &str = "orders-api";
/// The header of good tokens.
pub const HEADER: &str = r#"{"alg":"HS256","typ":"at+jwt","kid":"k"}"#;
/// The claims of good tokens.
pub const CLAIMS: &str = r#"{"iss":"https://login.example","aud":"orders-api","sub":"alice","iat":1799999990,"exp":1800000300,"jti":"1","scope":"orders:read"}"#;

/// The moment of every run.
pub fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

/// A verifier with one HMAC key, which signs fast, and without a cache.
pub fn verifier() -> &'static Arc<Verifier> {
    static VERIFIER: OnceLock<Arc<Verifier>> = OnceLock::new();
    VERIFIER.get_or_init(|| {
        let key = Key::hmac(Algorithm::Hs256, SECRET, Some("k")).expect("a key");
        let built = Verifier::builder()
            .issuer(ISSUER, KeySet::new(vec![key]).expect("a set"))
            .audience(AUDIENCE)
            .cache_capacity(0)
            .build(Seed::new([7; 32]));
        Arc::new(built.expect("a verifier"))
    })
}

/// A token of any header and claims whose signature holds.
pub fn signed(header: &[u8], claims: &[u8]) -> String {
    let mut token = URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &SECRET);
    let signature = hmac::sign(&key, token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    token
}

const SECRET: [u8; 32] = *b"0f5b2c47a9d1e8836b10c4f27e95ad38";
