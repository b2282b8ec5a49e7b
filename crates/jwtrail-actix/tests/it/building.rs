use std::sync::Arc;

use jwtrail_actix::{JwtAuth, JwtAuthError, Trail, TrailError};
use jwtrail_event::{EventName, Timestamp};
use jwtrail_forge::Forge;
use jwtrail_verify::{KeySet, Seed, Verifier};

use crate::capture::Capture;

#[test]
fn what_is_unsafe_is_refused_when_it_is_built() {
    let capture = Capture::default();
    let trail = trail_to(&capture);
    let empty = JwtAuth::builder()
        .issuer("", keys())
        .audience("orders-api")
        .audit(&trail);
    assert!(matches!(empty.build(), Err(JwtAuthError::Verifier(_))));
    let options = || {
        let start = JwtAuth::builder().issuer("https://login.example", keys());
        start.audience("orders-api").audit(&trail)
    };
    assert!(options().build().is_ok());
    let realm = options().realm("two\r\nlines").build();
    assert!(matches!(realm, Err(JwtAuthError::Realm)));
    let cookie = options().cookie("a=b").build().unwrap_err();
    assert!(cookie.to_string().contains("`a=b`"));
    let nameless = Trail::builder("").sink(capture.sink()).start();
    assert!(matches!(nameless, Err(TrailError::NoName)));
}

#[test]
fn an_unsafe_option_is_on_record() {
    let capture = Capture::default();
    let trail = trail_to(&capture);
    let verifier = Verifier::builder()
        .issuer("https://login.example", keys())
        .dangerous_any_audience()
        .build(Seed::new([7; 32]))
        .unwrap();
    let auth = JwtAuth::with_verifier(Arc::new(verifier), &trail)
        .build()
        .unwrap();
    drop((auth, trail));
    let records = capture.records();
    let unsafe_options: Vec<_> = records
        .iter()
        .filter(|record| record.event == EventName::ConfigUnsafe)
        .collect();
    assert_eq!(unsafe_options.len(), 1);
    assert!(
        unsafe_options[0]
            .line
            .contains("\"option\":\"dangerous_any_audience\"")
    );
}

fn trail_to(capture: &Capture) -> Trail {
    Trail::builder("orders-api")
        .sink(capture.sink())
        .start()
        .unwrap()
}

fn keys() -> KeySet {
    KeySet::from_jwks(Forge::new(Timestamp::from_seconds(0)).jwks()).unwrap()
}
