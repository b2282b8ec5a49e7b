//! The header, under a signature that holds.
#![no_main]

use jwtrail_fuzz::{CLAIMS, now, signed, verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|header: &[u8]| {
    let token = signed(header, CLAIMS.as_bytes());
    if verifier().verify(&token, now()).is_err() {
        return;
    }
    let members: Map<String, Value> = serde_json::from_slice(header).expect("accepted: JSON");
    assert_eq!(members.get("alg"), Some(&Value::from("HS256")));
    let typ = members.get("typ").and_then(Value::as_str).expect("a type");
    let typ = typ.to_ascii_lowercase();
    assert!(typ == "at+jwt" || typ == "application/at+jwt");
    for name in ["crit", "b64", "jku", "x5u", "jwk", "x5c"] {
        assert!(!members.contains_key(name), "{name}");
    }
    if let Some(kid) = members.get("kid") {
        assert_eq!(kid, "k");
    }
});
