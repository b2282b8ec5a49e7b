//! An issuer that gives no answer, or that may not be asked.

use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::{Introspection, Outbound};
use jwtrail_event::{Reason, SecretToken, Trust};
use jwtrail_session::{Limits, Quota};

use super::{OPAQUE, SECRET, Visit, active, introspection};
use crate::issuer_stub::IssuerStub;
use crate::server::{Setup, find};

#[actix_web::test]
async fn an_issuer_that_does_not_answer_closes_the_route() {
    let issuer = IssuerStub::start();
    let mut visit = Visit::start(introspection(&issuer));
    let large = format!("{{\"active\":true,\"x\":\"{}\"}}", "x".repeat(20_000));
    for (number, (status, body)) in [
        (500, "{}"),
        (401, "{\"active\":true}"),
        (302, ""),
        (200, ""),
        (200, "<html>"),
        (200, "{\"active\":\"true\"}"),
        (200, &*large),
    ]
    .into_iter()
    .enumerate()
    {
        issuer.answers_with(status, body);
        let (token, id) = (format!("opaque-token-{number}"), format!("closed-{number}"));
        assert_eq!(visit.send(&token, &id).await, 503, "{status} {body:.20}");
    }
    // Who asks a moment later asks anew.
    issuer.answers(&active());
    visit.service.clock.advance_seconds(5);
    assert_eq!(visit.send("opaque-token-0", "back").await, 200);
    let recorded = visit.end().await;
    let records = recorded.complies(8);
    let closed = find(&records, "closed-0");
    assert_eq!(closed.reason, Some(Reason::BackendUnavailable));
    assert_eq!(closed.trust, Trust::None);
    let steps = closed.steps.unwrap().to_string();
    assert_eq!(steps, "parse:ok revocation:backend_unavailable");
}

#[actix_web::test]
async fn nobody_waits_longer_than_the_deadline_and_nobody_is_charged() {
    let issuer = IssuerStub::start();
    issuer.holds(true);
    let limits = Limits::builder().failures_per_address(Quota::per_minute(1));
    let setup = Setup {
        limits: Some(Arc::new(limits.build().unwrap())),
        ..Setup::default()
    };
    let short = introspection(&issuer).deadline(Duration::from_millis(50));
    let mut visit = Visit::with(short, &setup);
    for number in 0..4 {
        let (token, id) = (format!("opaque-token-{number}"), format!("late-{number}"));
        assert_eq!(visit.send(&token, &id).await, 503);
    }
    let recorded = visit.end().await;
    let records = recorded.complies(4);
    assert_eq!(
        find(&records, "late-3").reason,
        Some(Reason::BackendUnavailable)
    );
}

#[actix_web::test]
async fn a_private_endpoint_is_reached_only_where_it_was_allowed() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    let strict = Outbound::builder().build().unwrap();
    let introspection = Introspection::at(&issuer.url(), &strict)
        .issuer("https://login.example")
        .client("orders-api", SecretToken::new(SECRET.to_owned()));
    let mut visit = Visit::start(introspection);
    assert_eq!(visit.send(OPAQUE, "private").await, 503);
    assert!(issuer.asked().is_empty());
    visit.end().await.complies(1);
}
