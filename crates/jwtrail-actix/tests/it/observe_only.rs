//! A rollout that records and refuses nothing.

use std::sync::Arc;

use jwtrail_actix::JwtAuthBuilder;
use jwtrail_event::{EventName, Outcome, Reason, Record, SecretToken};
use jwtrail_session::{Limits, Quota};

use crate::client::Call;
use crate::server::{Service, Setup, find};
use crate::states::Broken;

#[actix_web::test]
async fn observe_only_keeps_the_failure_and_refuses_nothing() {
    let service = Service::start(&observing());
    let (scope, forge) = (service.forge.scope(), &service.forge);
    let good = forge.token().scope(scope).sign();
    let expired = forge.token().expires_in(-3600).sign();
    let stranger = forge.token().signed_by_stranger().sign();
    let unscoped = forge.token().scope("other").sign();
    let two = format!("Bearer {} {}", good.expose(), good.expose());
    let bearer = |token: &SecretToken| format!("Bearer {}", token.expose());
    let mut answers = Vec::new();
    for (id, target, authorization, body) in [
        ("good", "/maybe", Some(bearer(&good)), "somebody"),
        ("missing", "/maybe", None, "nobody"),
        ("malformed", "/maybe", Some(two), "nobody"),
        ("expired", "/maybe", Some(bearer(&expired)), "nobody"),
        ("stranger", "/maybe", Some(bearer(&stranger)), "nobody"),
        (
            "unscoped",
            "/optional-scope/maybe",
            Some(bearer(&unscoped)),
            "somebody",
        ),
        ("others", "/objects/bob", Some(bearer(&good)), "an order"),
        ("reports", "/reports", Some(bearer(&good)), "a report"),
    ] {
        let call = Call::get(target).id(id);
        let call = match authorization {
            Some(value) => call.header("authorization", value),
            None => call,
        };
        let answer = call.send(service.address).await;
        assert_eq!(
            (answer.status(), answer.body()),
            (200, body.to_owned()),
            "{id}"
        );
        answers.push(answer);
    }
    let nested = Call::get("/nested/twice").bearer(&unscoped).id("nested");
    answers.push(nested.send(service.address).await);
    assert_eq!(answers[8].status(), 200);

    let tokens = [good, expired, stranger, unscoped];
    let recorded = service.finish().await.sent(&tokens).answered(&answers);
    let records = recorded.complies(9);
    assert_eq!(
        enforced(&records, "good"),
        (EventName::TokenAccepted, None, true)
    );
    for (id, event, reason) in [
        ("missing", EventName::TokenMissing, Reason::Missing),
        (
            "malformed",
            EventName::TokenRejected,
            Reason::MalformedHeader,
        ),
        ("expired", EventName::TokenRejected, Reason::Expired),
        ("stranger", EventName::TokenRejected, Reason::BadSignature),
        (
            "unscoped",
            EventName::AccessDenied,
            Reason::InsufficientScope,
        ),
        ("others", EventName::AccessDenied, Reason::PolicyDenied),
        (
            "reports",
            EventName::AccessDenied,
            Reason::InsufficientScope,
        ),
        ("nested", EventName::AccessDenied, Reason::InsufficientScope),
    ] {
        assert_eq!(enforced(&records, id), (event, Some(reason), false), "{id}");
        let record = find(&records, id);
        assert_eq!(
            (record.outcome, record.status),
            (Outcome::Failure, Some(200)),
            "{id}"
        );
    }
    let options = records
        .iter()
        .filter(|r| r.event == EventName::ConfigUnsafe);
    let options: Vec<_> = options.filter_map(|r| r.option.as_ref()).collect();
    assert_eq!(options[0].as_str(), "dangerous_observe_only");
    assert_eq!(options.len(), 1);
}

#[actix_web::test]
async fn observe_only_lets_through_what_state_and_limits_would_refuse() {
    let limits = Limits::builder().per_subject(Quota::per_minute(1)).build();
    let service = Service::start(&Setup {
        limits: Some(Arc::new(limits.unwrap())),
        ..observing()
    });
    let token = service.forge.token().sign();
    let call = |id| Call::get("/maybe").bearer(&token).id(id);
    for id in ["first", "limited"] {
        let answer = call(id).send(service.address).await;
        assert_eq!(
            (answer.status(), answer.body()),
            (200, "somebody".to_owned())
        );
    }
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(2);
    let limited = (EventName::RateExceeded, Some(Reason::RateLimited), false);
    assert_eq!(enforced(&records, "limited"), limited);

    let service = Service::start(&Setup {
        state: Arc::new(Broken::default()),
        ..observing()
    });
    let token = service.forge.token().sign();
    let call = Call::get("/maybe").bearer(&token).id("down");
    let answer = call.send(service.address).await;
    assert_eq!(
        (answer.status(), answer.body()),
        (200, "somebody".to_owned())
    );
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(1);
    let down = (
        EventName::TokenRejected,
        Some(Reason::BackendUnavailable),
        false,
    );
    assert_eq!(enforced(&records, "down"), down);
}

#[actix_web::test]
async fn observe_only_a_handler_that_demands_a_token_refuses_by_itself() {
    let service = Service::start(&observing());
    let expired = service.forge.token().expires_in(-3600).sign();
    let missing = Call::get("/orders/7").id("missing");
    let missing = missing.send(service.address).await;
    assert_eq!(missing.status(), 401);
    let bad = Call::get("/orders/7").bearer(&expired).id("expired");
    let bad = bad.send(service.address).await;
    assert_eq!(bad.status(), 401);
    let recorded = service.finish().await;
    let recorded = recorded.sent(&[expired]).answered(&[missing, bad]);
    let records = recorded.complies(2);
    let missing = (EventName::TokenMissing, Some(Reason::Missing), true);
    assert_eq!(enforced(&records, "missing"), missing);
    // Why it is not there stays on record.
    let expired = (EventName::TokenRejected, Some(Reason::Expired), true);
    assert_eq!(enforced(&records, "expired"), expired);
}

fn observing() -> Setup {
    Setup {
        options: JwtAuthBuilder::dangerous_observe_only,
        ..Setup::default()
    }
}

fn enforced(records: &[Record<'_>], id: &str) -> (EventName, Option<Reason>, bool) {
    let record = find(records, id);
    (record.event, record.reason, record.enforced.unwrap())
}
