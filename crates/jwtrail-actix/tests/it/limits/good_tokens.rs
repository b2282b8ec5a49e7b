use jwtrail_event::{EventName, Reason, Trust};
use jwtrail_session::{Limits, Quota};

use super::{Visit, steps, with};
use crate::client::Call;
use crate::server::{Service, find};

#[actix_web::test]
async fn rte_02_one_subject_is_limited_and_not_who_shares_its_address() {
    let service = Service::start(&with(
        Limits::builder().per_subject(Quota::per_minute(60).burst(3)),
    ));
    let mut visit = Visit::default();
    let of = |subject| service.forge.token().subject(subject).sign();
    let (alice, bob, fresh) = (of("alice"), of("bob"), of("alice"));
    for number in 0..3 {
        let id = format!("alice-{number}");
        assert_eq!(visit.send(&service, &alice, &id).await, 200);
    }
    assert_eq!(visit.send(&service, &alice, "over").await, 429);
    let policy = visit.last().header("ratelimit-policy");
    assert_eq!(policy.as_deref(), Some("\"subject\";q=60;w=60"));
    assert_eq!(visit.send(&service, &bob, "bob").await, 200);
    assert_eq!(visit.send(&service, &fresh, "fresh").await, 429);

    let recorded = service.finish().await.sent(&visit.tokens);
    let recorded = recorded.answered(&visit.answers);
    let records = recorded.complies(6);
    for id in ["over", "fresh"] {
        let record = find(&records, id);
        assert_eq!(
            (record.event, record.reason, record.trust),
            (
                EventName::RateExceeded,
                Some(Reason::RateLimited),
                Trust::Verified
            )
        );
        assert_eq!(record.token_sub.as_ref().unwrap().as_str(), "alice");
        assert!(record.token_jti.is_some());
        assert_eq!(steps(record), LIMITED);
    }
    assert_eq!(
        steps(find(&records, "bob")),
        LIMITED.replace("rate_limited", "ok")
    );
}

#[actix_web::test]
async fn rte_02_one_token_is_limited_where_that_is_declared() {
    let service = Service::start(&with(
        Limits::builder().per_token(Quota::per_minute(60).burst(2)),
    ));
    let mut visit = Visit::default();
    let (token, other) = (service.forge.token().sign(), service.forge.token().sign());
    assert_eq!(visit.send(&service, &token, "1").await, 200);
    assert_eq!(visit.send(&service, &token, "2").await, 200);
    assert_eq!(visit.send(&service, &token, "3").await, 429);
    assert_eq!(visit.send(&service, &other, "4").await, 200);
    let recorded = service.finish().await.sent(&visit.tokens);
    let records = recorded.complies(4);
    assert_eq!(find(&records, "3").event, EventName::RateExceeded);
}

#[actix_web::test]
async fn a_route_is_limited_by_its_pattern_whichever_layer_asks() {
    let service = Service::start(&with(
        Limits::builder().route("/nested/twice", Quota::per_minute(60).burst(1)),
    ));
    let mut visit = Visit::default();
    let token = service.forge.token().sign();
    let nested = || Call::get("/nested/twice");
    assert_eq!(visit.call(&service, nested(), &token, "1").await, 200);
    assert_eq!(visit.call(&service, nested(), &token, "2").await, 429);
    assert_eq!(visit.send(&service, &token, "3").await, 200);
    let recorded = service.finish().await.sent(&visit.tokens);
    let records = recorded.complies(3);
    let limited = find(&records, "2");
    assert_eq!(limited.event, EventName::RateExceeded);
    assert_eq!(limited.route.as_ref().unwrap().as_str(), "/nested/twice");
}

const LIMITED: &str =
    "parse:ok header:ok key:ok signature:ok claims:ok revocation:ok limit:rate_limited";
