//! A key set as an issuer may send it.
#![no_main]

use jwtrail_fuzz::{CLAIMS, HEADER, now, signed};
use jwtrail_verify::{KeySet, Seed, Verifier};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let Ok(keys) = KeySet::from_jwks(document) else {
        return;
    };
    let verifier = Verifier::builder()
        .issuer("https://login.example", keys)
        .audience("orders-api")
        .cache_capacity(0)
        .build(Seed::new([7; 32]));
    // The set does not hold the key of this token, whatever it holds.
    if let Ok(verifier) = verifier {
        let token = signed(HEADER.as_bytes(), CLAIMS.as_bytes());
        assert!(verifier.verify(&token, now()).is_err());
    }
});
