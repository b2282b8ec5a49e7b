//! Every way in which a request can end leaves one record.

use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{EventName, Exit, Reason, Trust};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use crate::client::{Answer, Call, reset};
use crate::monitor_stub::within;
use crate::server::{Service, Setup, find};
use crate::states::Broken;

#[actix_web::test]
async fn a_handler_that_panics() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let call = Call::get("/panic").bearer(&token).id("panics");
    let answer = call.send(service.address).await;
    assert!(answer.raw.is_empty());
    // The worker goes on.
    let next = Call::get("/orders/7").bearer(&token).id("next");
    assert_eq!(next.send(service.address).await.status(), 200);

    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(2);
    let record = find(&records, "panics");
    assert_eq!(record.route.as_ref().unwrap().as_str(), "/panic");
    assert_eq!(record.event, EventName::TokenAccepted);
    assert_eq!((record.exit, record.status), (Some(Exit::Panicked), None));
}

#[actix_web::test]
async fn a_client_that_goes_away_while_the_handler_works() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let stream = Call::get("/wait")
        .bearer(&token)
        .id("gone")
        .start(service.address)
        .await;
    within(service.waiting.notified()).await;
    reset(stream);
    until_counted(&service, |counts| counts.accepted == 1).await;

    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(1);
    let record = find(&records, "gone");
    assert_eq!(record.route.as_ref().unwrap().as_str(), "/wait");
    assert_eq!(record.event, EventName::TokenAccepted);
    assert_eq!((record.exit, record.status), (Some(Exit::Dropped), None));
}

#[actix_web::test]
async fn our_deadline_while_the_handler_works() {
    // Long enough for a decision on a busy machine: the handler waits for ever.
    let service = Service::start(&Setup {
        options: |options| options.deadline(Duration::from_secs(1)),
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    let mut answers = Vec::new();
    for (target, id) in [("/wait", "plain"), ("/nested/wait", "nested")] {
        let call = Call::get(target).bearer(&token).id(id);
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.body(), r#"{"error":"temporarily_unavailable"}"#);
        assert_eq!(answer.header("x-request-id").as_deref(), Some(id));
        answers.push(answer);
    }

    let recorded = service.finish().await.sent(&[token]).answered(&answers);
    let records = recorded.complies(2);
    for id in ["plain", "nested"] {
        let record = find(&records, id);
        assert_eq!(record.event, EventName::TokenAccepted);
        assert_eq!((record.exit, record.status), (Some(Exit::Deadline), None));
    }
}

#[actix_web::test]
async fn our_deadline_before_a_decision() {
    let service = Service::start(&Setup {
        state: Arc::new(Broken {
            waits: Some(Arc::new(Notify::new())),
        }),
        options: |options| options.deadline(Duration::from_millis(50)),
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    let call = Call::get("/orders/7").bearer(&token).id("undecided");
    let answer = call.send(service.address).await;
    assert_eq!(answer.status(), 503);

    let recorded = service.finish().await.sent(&[token]).answered(&[answer]);
    let records = recorded.complies(1);
    let record = find(&records, "undecided");
    assert_eq!(record.event, EventName::TokenRejected);
    assert_eq!(record.reason, Some(Reason::Undecided));
    assert_eq!(
        (record.exit, record.trust),
        (Some(Exit::Deadline), Trust::Signed)
    );
}

#[actix_web::test]
async fn a_body_that_is_too_large() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let body = "x".repeat(300 * 1024);
    let call = Call::post("/upload", "text/plain", &body)
        .bearer(&token)
        .id("large");
    let answer = call.send(service.address).await;
    assert_eq!(answer.status(), 413);

    let recorded = service.finish().await.sent(&[token]).answered(&[answer]);
    let records = recorded.complies(1);
    let record = find(&records, "large");
    assert_eq!(
        (record.exit, record.status),
        (Some(Exit::Responded), Some(413))
    );
}

#[actix_web::test]
async fn a_body_that_is_cut() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let call = Call::get("/upload").bearer(&token).id("cut");
    let call = call.header("content-length", "1000");
    let mut stream = call.posted().start(service.address).await;
    stream.write_all(b"ten bytes.").await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = Answer::read(&mut stream).await;
    until_counted(&service, |counts| counts.accepted == 1).await;

    let recorded = service
        .finish()
        .await
        .sent(&[token])
        .answered(std::slice::from_ref(&answer));
    let records = recorded.complies(1);
    let record = find(&records, "cut");
    assert_eq!(record.event, EventName::TokenAccepted);
    // The record says the same as the wire.
    let told = (!answer.raw.is_empty()).then(|| answer.status());
    assert_eq!(record.status, told);
    assert_ne!(record.status, Some(200));
}

async fn until_counted(service: &Service, enough: fn(&jwtrail_event::Counts) -> bool) {
    within(async {
        while !enough(&service.trail.counts()) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
