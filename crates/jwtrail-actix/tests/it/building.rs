use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::{JwtAuth, JwtAuthError, KeySource, KeySourceError, Trail, TrailError};
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
fn a_source_of_keys_that_cannot_serve_is_refused_when_it_is_built() {
    let trail = trail_to(&Capture::default());
    let refused = |issuer: &str, source: KeySource| {
        let builder = JwtAuth::builder().issuer_from(issuer, source);
        let built = builder.audience("orders-api").audit(&trail).build();
        match built.unwrap_err() {
            JwtAuthError::KeySource {
                issuer: named,
                source,
            } => {
                assert_eq!(named, issuer);
                source
            }
            other => panic!("{other:?}"),
        }
    };
    let issuer = "https://login.example";
    let url = |url: &str| refused(issuer, KeySource::jwks_url(url));
    assert!(matches!(url("login.example/jwks"), KeySourceError::Url));
    assert!(matches!(url("file:///etc/passwd"), KeySourceError::Url));
    for plain in [
        "http://login.example/jwks",
        "http://10.0.0.1/jwks",
        "http://127.0.0.1.example",
    ] {
        assert!(matches!(url(plain), KeySourceError::PlainHttp), "{plain}");
    }
    let secret = KeySource::jwks_url("https://user:s3cr3t@login.example/jwks?key=s3cr3t");
    assert!(!format!("{secret:?}").contains("s3cr3t"));
    let nowhere = refused("login.example", KeySource::discovery());
    assert!(matches!(nowhere, KeySourceError::NoAddress));
    let plain = refused("http://login.example", KeySource::discovery());
    assert!(matches!(plain, KeySourceError::PlainHttp));
    let times = KeySource::discovery;
    for (source, expected) in [
        (times().refresh_every(Duration::from_millis(999)), "Refresh"),
        (
            times().refresh_every(Duration::from_secs(86_401)),
            "Refresh",
        ),
        (times().stale_for(Duration::from_secs(299)), "Stale"),
        (times().stale_for(Duration::from_secs(604_801)), "Stale"),
        (times().cooldown(Duration::from_millis(999)), "Cooldown"),
        (times().cooldown(Duration::from_secs(3_601)), "Cooldown"),
    ] {
        let error = format!("{:?}", refused(issuer, source));
        assert!(error.starts_with(expected), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    let absent = refused(issuer, KeySource::jwks_file(&path));
    assert!(matches!(absent, KeySourceError::File { .. }));
    std::fs::write(&path, "{\"keys\":[]}").unwrap();
    let empty = refused(issuer, KeySource::jwks_file(&path));
    assert!(matches!(empty, KeySourceError::Keys { .. }));
}

#[test]
fn a_source_must_belong_to_one_issuer_whose_keys_are_fetched() {
    let trail = trail_to(&Capture::default());
    let verifier = Verifier::builder()
        .issuer("https://fixed.example", keys())
        .remote_issuer(
            "https://login.example",
            jwtrail_verify::Algorithm::ASYMMETRIC,
        )
        .audience("orders-api")
        .build(Seed::new([7; 32]));
    let verifier = Arc::new(verifier.unwrap());
    let with = |issuers: &[&str]| {
        let mut builder = JwtAuth::with_verifier(Arc::clone(&verifier), &trail);
        for issuer in issuers {
            builder = builder.key_source(issuer, KeySource::jwks_url("https://login.example/jwks"));
        }
        builder.build()
    };
    assert!(with(&[]).is_ok());
    assert!(with(&["https://login.example"]).is_ok());
    for wrong in [
        &["https://fixed.example"][..],
        &["https://nobody.example"],
        &["https://login.example", "https://login.example"],
    ] {
        let error = with(wrong).unwrap_err();
        assert!(
            matches!(error, JwtAuthError::UnwantedKeySource { .. }),
            "{wrong:?}"
        );
    }
}

#[test]
fn keys_over_plain_http_are_on_record() {
    let capture = Capture::default();
    let trail = trail_to(&capture);
    let source = || KeySource::jwks_url("http://10.255.255.1/jwks").dangerous_plain_http();
    let auth = JwtAuth::builder()
        .issuer_from("https://login.example", source())
        .issuer_from("https://other.example", source())
        .audience("orders-api")
        .audit(&trail)
        .build()
        .unwrap();
    drop((auth, trail));
    let records = capture.records();
    let mut unsafe_options = records
        .iter()
        .filter(|record| record.event == EventName::ConfigUnsafe);
    let line = &unsafe_options.next().unwrap().line;
    assert!(line.contains("\"option\":\"dangerous_plain_http\""));
    assert!(unsafe_options.next().is_none());
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
