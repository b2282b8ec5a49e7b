//! `cnf`: what a token is bound to.

use jwtrail_event::Reason;
use jwtrail_verify::Thumbprint;
use serde_json::json;

use crate::support::{Trusted, refusal, verify, with_claim};

#[test]
fn a_key_and_a_certificate_are_understood() {
    let (one, two) = (
        Thumbprint::of_certificate(b"1"),
        Thumbprint::of_certificate(b"2"),
    );
    let token = bound(json!({ "jkt": one.to_string(), "x5t#S256": two.to_string() }));
    let verified = verify(&token).unwrap();
    let confirmation = verified.token.confirmation().unwrap();
    assert_eq!(confirmation.key(), Some(&one));
    assert_eq!(confirmation.certificate(), Some(&two));
    assert!(!confirmation.is_unknown());
    let unbound = verify(&crate::support::good()).unwrap();
    assert!(unbound.token.confirmation().is_none());
}

#[test]
fn another_binding_is_known_to_be_there() {
    let one = Thumbprint::of_certificate(b"1").to_string();
    for cnf in [
        json!({}),
        json!({ "jwk": {} }),
        json!({ "kid": "k" }),
        json!({ "x5t": "AA" }),
        json!({ "jkt": one, "jku": "https://a.example" }),
    ] {
        let verified = verify(&bound(cnf.clone())).unwrap();
        let confirmation = verified.token.confirmation().unwrap();
        assert!(confirmation.is_unknown(), "{cnf}");
    }
}

#[test]
fn one_of_the_wrong_type_is_refused_with_trust_signed() {
    for cnf in [
        json!(null),
        json!("jkt"),
        json!([]),
        json!({ "jkt": 1 }),
        json!({ "jkt": "" }),
        json!({ "jkt": "AAAA" }),
        json!({ "x5t#S256": null }),
    ] {
        let found = refusal(&bound(cnf.clone()));
        assert_eq!(found, (Reason::BadClaimType, Trusted::Signed), "{cnf}");
    }
}

fn bound(cnf: serde_json::Value) -> String {
    with_claim("cnf", Some(cnf))
}
