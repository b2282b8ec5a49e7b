//! The discovery document, as bytes from outside.

use jwtrail_verify::{Discovery, DiscoveryError};
use proptest::prelude::*;
use serde_json::json;

const ISSUER: &str = "https://login.example";

#[test]
fn it_must_name_the_issuer_character_by_character() {
    for named in [
        "https://login.example/",
        "HTTPS://login.example",
        "https://LOGIN.example",
        "https://login.example:443",
        " https://login.example",
        "https://evil.example",
        "",
    ] {
        let document = json!({ "issuer": named, "jwks_uri": "https://login.example/jwks" });
        let read = Discovery::read(document.to_string(), ISSUER);
        let expected = DiscoveryError::OtherIssuer {
            named: named.to_owned(),
        };
        assert_eq!(read, Err(expected));
    }
    let unnamed = json!({ "issuer": 7, "jwks_uri": "https://login.example/jwks" });
    let read = Discovery::read(unnamed.to_string(), ISSUER);
    assert!(matches!(read, Err(DiscoveryError::OtherIssuer { named }) if named.is_empty()));
}

#[test]
fn what_it_names_is_shown_short_and_escaped() {
    let document = json!({ "issuer": "\u{1b}[2J\n".repeat(1_000), "jwks_uri": "" });
    let error = Discovery::read(document.to_string(), ISSUER).unwrap_err();
    let shown = error.to_string();
    assert!(shown.len() < 5_000 && shown.chars().all(|c| !c.is_control()));
}

#[test]
fn the_keys_are_at_an_https_address_unless_the_issuer_itself_is_not() {
    let read = |issuer: &str, uri: serde_json::Value| {
        let document = json!({ "issuer": issuer, "jwks_uri": uri });
        Discovery::read(document.to_string(), issuer).map(|d| d.jwks_uri().to_owned())
    };
    let elsewhere = "https://keys.example/v1";
    assert_eq!(read(ISSUER, json!(elsewhere)).unwrap(), elsewhere);
    let plain = "http://127.0.0.1:8080/jwks";
    assert_eq!(read("http://127.0.0.1:8080", json!(plain)).unwrap(), plain);
    for uri in [
        plain,
        "file:///etc/passwd",
        "//login.example/jwks",
        "jwks",
        "",
    ] {
        let read = read(ISSUER, json!(uri));
        assert_eq!(read, Err(DiscoveryError::UnprotectedKeySet), "{uri}");
    }
    let own = read("http://127.0.0.1:8080", json!("ftp://127.0.0.1/jwks"));
    assert_eq!(own, Err(DiscoveryError::UnprotectedKeySet));
    for uri in [json!(null), json!(7), json!(["https://login.example/jwks"])] {
        assert_eq!(read(ISSUER, uri), Err(DiscoveryError::NoKeySet));
    }
}

#[test]
fn what_is_no_such_document_is_refused() {
    let twice =
        r#"{"issuer":"https://login.example","jwks_uri":"https://a/","jwks_uri":"https://b/"}"#;
    for text in ["", "[]", "<html>", twice] {
        let read = Discovery::read(text, ISSUER);
        assert_eq!(read, Err(DiscoveryError::NotMetadata), "{text}");
    }
    let mut long =
        json!({ "issuer": ISSUER, "jwks_uri": "https://login.example/jwks" }).to_string();
    long.push_str(&" ".repeat(Discovery::MAX_BYTES - long.len()));
    assert!(Discovery::read(&long, ISSUER).is_ok());
    long.push(' ');
    let read = Discovery::read(&long, ISSUER);
    assert_eq!(Discovery::MAX_BYTES, 524_288);
    let length = Discovery::MAX_BYTES + 1;
    assert_eq!(read, Err(DiscoveryError::TooLong { length }));
}

#[test]
fn the_documents_addresses() {
    let openid = |issuer| Discovery::addresses(issuer).map(|[openid, _]| openid);
    let expected = "https://login.example/.well-known/openid-configuration";
    for issuer in ["https://login.example", "https://login.example/"] {
        assert_eq!(openid(issuer).as_deref(), Some(expected));
    }
    let [_, oauth] = Discovery::addresses("http://h:8080/a/b/").unwrap();
    assert_eq!(
        oauth,
        "http://h:8080/.well-known/oauth-authorization-server/a/b"
    );
    for issuer in [
        "login.example",
        "ftp://login.example",
        "https://",
        "https:///path",
        "https://login.example?tenant=1",
        "https://login.example#a",
        "https://login.example\\@evil.example",
        "https://login.example /a",
        "https://login.example\n",
    ] {
        assert_eq!(openid(issuer), None, "{issuer}");
    }
}

proptest! {
    /// Whatever comes, an address is given only under the issuer's own name.
    #[test]
    fn any_bytes_are_judged(bytes: Vec<u8>, issuer: String) {
        prop_assert!(Discovery::read(&bytes, ISSUER).is_err());
        for address in Discovery::addresses(&issuer).into_iter().flatten() {
            prop_assert!(address.starts_with("http"));
        }
    }
}
