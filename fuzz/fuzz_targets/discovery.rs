//! A discovery document as an issuer may send it.
#![no_main]

use jwtrail_fuzz::ISSUER;
use jwtrail_verify::Discovery;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let Ok(discovery) = Discovery::read(document, ISSUER) else {
        return;
    };
    // Whatever was accepted is the issuer's own, and leads to a protected address.
    let value: serde_json::Value = serde_json::from_slice(document).expect("it was read as JSON");
    assert_eq!(value["issuer"], ISSUER);
    assert_eq!(value["jwks_uri"], discovery.jwks_uri());
    assert!(discovery.jwks_uri().starts_with("https://"));
});
