//! Who a client has to be before it is listened to.

use std::sync::Arc;

use jwtrail_event::{EventName, Reason};
use jwtrail_session::{Limits, Quota};

use super::{error, log_in, post, refresh_of, with_clients};
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn rfc_6749_6_a_client_that_has_credentials_must_authenticate() {
    let service = Service::start(&with_clients());
    let session = log_in(&service).await;
    let body = refresh_of(&session);
    let with = |more: &str| format!("{body}&{more}");
    for (id, body, basic, expected) in [
        ("none", with("client_id=web"), None, (401, "invalid_client")),
        (
            "wrong",
            with("client_id=web&client_secret=x"),
            None,
            (401, "invalid_client"),
        ),
        (
            "wrong-header",
            body.clone(),
            Some("web:x"),
            (401, "invalid_client"),
        ),
        (
            "nobody",
            with("client_id=nobody"),
            None,
            (401, "invalid_client"),
        ),
        ("unnamed", body.clone(), None, (400, "invalid_request")),
        (
            "only-secret",
            with("client_secret=s3cret"),
            None,
            (400, "invalid_request"),
        ),
        (
            "two-ways",
            with("client_secret=s3cret"),
            Some("web:s3cret"),
            (400, "invalid_request"),
        ),
        (
            "two-ids",
            with("client_id=app"),
            Some("web:s3cret"),
            (400, "invalid_request"),
        ),
        (
            "unknown",
            with("client_id=slow"),
            None,
            (503, "temporarily_unavailable"),
        ),
    ] {
        let answer = post(&service, "/token", &body, basic, id).await;
        assert_eq!(error(&answer), (expected.0, expected.1.to_owned()), "{id}");
        let challenge = answer.header("www-authenticate");
        let wanted = (expected.0 == 401).then(|| "Basic realm=\"orders\"".to_owned());
        assert_eq!(challenge, wanted, "{id}");
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    }
    // The refused ones have moved nothing on.
    let by_header = post(&service, "/token", &body, Some("web:s3cret"), "header").await;
    assert_eq!(by_header.status(), 200);
    let again = with("client_id=web&client_secret=s3cret");
    let by_body = post(&service, "/token", &again, None, "body").await;
    assert_eq!(by_body.status(), 200);

    let recorded = service
        .finish()
        .await
        .sent(&[session.access, session.refresh]);
    let records = recorded.complies(0);
    for (id, reason) in [
        ("none", Reason::BadCredentials),
        ("wrong-header", Reason::BadCredentials),
        ("unnamed", Reason::Missing),
        ("two-ids", Reason::Missing),
        ("unknown", Reason::BackendUnavailable),
    ] {
        let refused = find(&records, id);
        assert_eq!(
            (refused.event, refused.reason),
            (EventName::RefreshRefused, Some(reason)),
            "{id}"
        );
    }
    assert_eq!(find(&records, "header").event, EventName::TokenRefreshed);
    assert_eq!(find(&records, "body").event, EventName::RefreshReplayed);
}

#[actix_web::test]
async fn a_secret_that_nobody_checks_is_refused() {
    let service = Service::start(&Setup::default());
    let session = log_in(&service).await;
    let body = refresh_of(&session);
    let answer = post(&service, "/token", &body, Some("web:s3cret"), "secret").await;
    assert_eq!(error(&answer), (401, "invalid_client".to_owned()));
    let public = format!("{body}&client_id=web");
    assert_eq!(
        post(&service, "/token", &public, None, "public")
            .await
            .status(),
        200
    );
    service.finish().await.complies(0);
}

#[actix_web::test]
async fn guesses_of_a_secret_are_failures_of_their_address() {
    let limits = Limits::builder()
        .failures_per_address(Quota::per_minute(2))
        .trials_per_address(Quota::per_minute(1))
        .build();
    let service = Service::start(&Setup {
        limits: Some(Arc::new(limits.unwrap())),
        ..with_clients()
    });
    let mut statuses = Vec::new();
    for number in 0..5 {
        let guess = format!("web:{number}");
        let answer = post(&service, "/revoke", "token=x", Some(&guess), "guess").await;
        statuses.push(answer.status());
        if answer.status() == 429 {
            assert!(answer.header("retry-after").is_some());
        }
    }
    assert_eq!(statuses, [401, 401, 429, 429, 429]);
    service.finish().await.complies(0);
}
