//! What a trail promises beside its records: that answers wait for them, and that nothing is let
//! in without one.

use std::sync::Arc;

use jwtrail_actix::TrailBuilder;
use jwtrail_event::{EventName, Reason, SecretToken};

use crate::client::{Answer, Call};
use crate::server::{Service, Setup, find};

fn service(trail: fn(TrailBuilder) -> TrailBuilder) -> (Service, SecretToken) {
    let service = Service::start(&Setup {
        trail: Arc::new(trail),
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    (service, token)
}

async fn get(service: &Service, token: &SecretToken, id: &str) -> Answer {
    let call = Call::get("/orders/7").bearer(token).id(id);
    call.send(service.address).await
}

async fn login(service: &Service, id: &str) -> u16 {
    let login = Call::post("/login", "text/plain", "right").id(id);
    login.send(service.address).await.status()
}

#[actix_web::test]
async fn an_answer_waits_for_its_record() {
    let (service, token) = service(TrailBuilder::sync);
    let written = |id: &str| {
        let lines = String::from_utf8(service.captured.bytes()).unwrap();
        lines.contains(&format!("\"correlation_id\":\"{id}\""))
    };
    for number in 0..20 {
        let id = format!("answered-{number}");
        assert_eq!(get(&service, &token, &id).await.status(), 200);
        assert!(written(&id), "{id}");
    }
    assert_eq!(login(&service, "login").await, 200);
    assert!(written("login"));
    service.finish().await.sent(&[token]).complies(20);
}

#[actix_web::test]
async fn without_a_sink_that_takes_records_nothing_is_let_in_where_they_are_required() {
    let (service, token) = service(TrailBuilder::required);
    assert_eq!(get(&service, &token, "kept").await.status(), 200);
    let session = Call::post("/login", "text/plain", "right").id("in-time");
    let session = session.send(service.address).await;
    let refresh = session.json()["refresh_token"].as_str().unwrap().to_owned();
    service.captured.set_full(true);
    service.trail.record(&jwtrail_event::events::ConfigUnsafe {
        correlation: &crate::recorder::correlation(),
        option: "something to write".into(),
    });
    service.trail.flush().await;

    let refused = get(&service, &token, "refused").await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.body(), r#"{"error":"temporarily_unavailable"}"#);
    assert_eq!(login(&service, "no-login").await, 503);
    let body = format!("grant_type=refresh_token&client_id=web&refresh_token={refresh}");
    let form = "application/x-www-form-urlencoded";
    let rotate = Call::post("/token", form, &body);
    let not_rotated = rotate.renamed("no-refresh").send(service.address).await;
    assert_eq!(not_rotated.status(), 503);

    service.captured.set_full(false);
    service.trail.flush().await;
    assert_eq!(get(&service, &token, "again").await.status(), 200);
    let rotated = rotate.renamed("refresh").send(service.address).await;
    assert_eq!(rotated.status(), 200);

    let refresh = SecretToken::new(refresh);
    let recorded = service.finish().await.sent(&[token, refresh]);
    let records = recorded.complies(3);
    assert_eq!(find(&records, "again").event, EventName::TokenAccepted);
    let refused = find(&records, "refused");
    assert_eq!(refused.event, EventName::TokenRejected);
    assert_eq!(refused.reason, Some(Reason::BackendUnavailable));
    assert_eq!(refused.status, Some(503));
    assert_eq!(find(&records, "no-login").event, EventName::IssueRefused);
    let not_rotated = find(&records, "no-refresh");
    assert_eq!(not_rotated.reason, Some(Reason::BackendUnavailable));
    assert_eq!(find(&records, "refresh").event, EventName::TokenRefreshed);
    // Everything that waited came, in order, once.
    let seqs: Vec<u64> = records.iter().map(|record| record.seq).collect();
    let last = records.last().unwrap();
    assert_eq!(last.seq + 1, seqs.len() as u64);
    assert_eq!(last.counts.unwrap().dropped, 0);
}

#[actix_web::test]
async fn an_answer_whose_record_was_not_taken_is_held_back_where_it_is_required() {
    let (service, token) = service(|trail| trail.sync().required());
    assert_eq!(get(&service, &token, "kept").await.status(), 200);
    service.captured.set_full(true);
    let held_back = get(&service, &token, "held-back").await;
    assert_eq!(held_back.status(), 503);
    assert_eq!(held_back.header("x-request-id").unwrap(), "held-back");
    service.captured.set_full(false);
    service.trail.flush().await;
    assert_eq!(get(&service, &token, "again").await.status(), 200);
    service.finish().await.sent(&[token]).complies(3);
}

#[actix_web::test]
async fn a_trail_that_is_not_required_keeps_nobody_out() {
    let (service, token) = service(TrailBuilder::sync);
    service.captured.set_full(true);
    assert_eq!(get(&service, &token, "unkept").await.status(), 200);
    service.captured.set_full(false);
    service.finish().await.sent(&[token]).complies(1);
}
