//! The claims, under a signature that holds.
#![no_main]

use jwtrail_fuzz::{AUDIENCE, HEADER, ISSUER, NOW, now, signed, verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|claims: &[u8]| {
    let token = signed(HEADER.as_bytes(), claims);
    if verifier().verify(&token, now()).is_err() {
        return;
    }
    let claims: Map<String, Value> = serde_json::from_slice(claims).expect("accepted: JSON");
    assert_eq!(claims.get("iss"), Some(&Value::from(ISSUER)));
    assert!(claims.get("sub").is_some_and(Value::is_string));
    match claims.get("aud").expect("an audience") {
        Value::String(name) => assert_eq!(name, AUDIENCE),
        Value::Array(names) => {
            assert!(names.iter().all(Value::is_string));
            assert!(names.iter().any(|name| name == AUDIENCE));
        }
        other => panic!("an audience of a wrong type: {other}"),
    }
    let time = |name| {
        claims
            .get(name)
            .map(|time| time.as_f64().expect("a number"))
    };
    let (now, leeway) = (NOW as f64, 60.0);
    let exp = time("exp").expect("an end");
    assert!(exp > now - leeway - 1.0 && exp <= now + 86_400.0 + leeway + 1.0);
    assert!(time("nbf").is_none_or(|nbf| nbf <= now + leeway + 1.0));
    assert!(time("iat").is_none_or(|iat| iat <= now + leeway + 1.0));
});
