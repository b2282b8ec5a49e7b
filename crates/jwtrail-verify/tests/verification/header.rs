use jwtrail_event::Reason;
use serde_json::{Value, json};

use crate::support::{HS256, Trusted, changed, claims, refusal, verify, with_header};

fn reason(name: &str, value: Option<Value>) -> Reason {
    let (reason, trust) = refusal(&with_header(name, value));
    assert_eq!(trust, Trusted::No);
    reason
}

#[test]
fn alg_by_exact_match_against_the_configured_set() {
    let names = [
        "none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS384", "RS256", "PS512", "ES512",
        "FORGE",
    ];
    for name in names {
        assert_eq!(
            reason("alg", Some(json!(name))),
            Reason::AlgorithmNotAllowed,
            "{name}"
        );
    }
    for value in [
        json!(null),
        json!(1),
        json!(["HS256"]),
        json!({ "HS256": 1 }),
    ] {
        assert_eq!(reason("alg", Some(value)), Reason::AlgorithmNotAllowed);
    }
    assert_eq!(reason("alg", None), Reason::AlgorithmNotAllowed);
}

#[test]
fn none_without_a_signature_is_refused() {
    for name in ["none", "NONE", "nOnE"] {
        let token = HS256.sign(changed(HS256.header(), "alg", Some(json!(name))), claims());
        let (signed, _) = token.rsplit_once('.').unwrap();
        let (reason, _) = refusal(&format!("{signed}."));
        assert_eq!(reason, Reason::AlgorithmNotAllowed);
    }
}

#[test]
fn unknown_crit_is_unsupported() {
    for value in [
        json!(["exp"]),
        json!(["forge"]),
        json!([]),
        json!("b64"),
        json!(null),
    ] {
        assert_eq!(reason("crit", Some(value)), Reason::UnsupportedCritical);
    }
}

#[test]
fn b64_false_is_refused() {
    for value in [json!(false), json!("false"), json!(null), json!(0)] {
        assert_eq!(reason("b64", Some(value)), Reason::UnsupportedCritical);
    }
    assert!(verify(&with_header("b64", Some(json!(true)))).is_ok());
}

#[test]
fn a_token_never_brings_its_own_key() {
    for name in ["jku", "x5u", "jwk", "x5c"] {
        for value in [
            json!("https://evil.example"),
            json!({}),
            json!([]),
            json!(null),
        ] {
            assert_eq!(reason(name, Some(value)), Reason::UntrustedKey, "{name}");
        }
    }
}

#[test]
fn kid_is_a_string_of_at_most_256_bytes() {
    for value in [json!(1), json!(["h"]), json!({}), json!(null)] {
        assert_eq!(reason("kid", Some(value)), Reason::MalformedToken);
    }
    for length in [256, 257, 5_000] {
        assert_eq!(
            reason("kid", Some(json!("h".repeat(length)))),
            Reason::UnknownKey
        );
    }
}

#[test]
fn the_characters_of_a_kid_are_data() {
    for kid in [
        "../../h",
        "h?x=1",
        "h\r\n",
        "h\0",
        "",
        " h",
        "H",
        "*",
        "h' OR '1'='1",
    ] {
        assert_eq!(
            reason("kid", Some(json!(kid))),
            Reason::UnknownKey,
            "{kid:?}"
        );
    }
}
