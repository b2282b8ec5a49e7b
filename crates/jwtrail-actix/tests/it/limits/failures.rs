use jwtrail_event::{CacheUse, EventName, Reason, Trust};
use jwtrail_session::{Limits, Quota};

use super::{Visit, steps, with};
use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn rte_01_bad_tokens_are_slowed_down_and_a_good_one_still_passes() {
    let service = Service::start(&Setup::default());
    let mut visit = Visit::default();
    let known = service.forge.token().sign();
    assert_eq!(visit.send(&service, &known, "before").await, 200);
    // What is on by default: sixty failures, then one a second.
    assert_eq!(visit.strangers(&service, 60, "tried").await, [401; 60]);
    assert_eq!(visit.strangers(&service, 10, "over").await, [429; 10]);
    let answer = visit.last();
    assert_eq!(answer.header("retry-after").as_deref(), Some("1"));
    let policy = answer.header("ratelimit-policy");
    assert_eq!(policy.as_deref(), Some("\"failures\";q=60;w=60"));
    let limit = answer.header("ratelimit");
    assert_eq!(limit.as_deref(), Some("\"failures\";r=0;t=1"));
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(answer.body(), "{\"error\":\"rate_limited\"}");
    // A token that is known, and one that nobody has seen before.
    assert_eq!(visit.send(&service, &known, "known").await, 200);
    let new = service.forge.token().sign();
    assert_eq!(visit.send(&service, &new, "new").await, 200);
    service.clock.advance_seconds(1);
    assert_eq!(visit.strangers(&service, 2, "later").await, [401, 429]);

    let recorded = service.finish().await.sent(&visit.tokens);
    let recorded = recorded.answered(&visit.answers);
    let records = recorded.complies(75);
    let count = |event| records.iter().filter(|r| r.event == event).count();
    assert_eq!(count(EventName::TokenRejected), 61);
    assert_eq!(count(EventName::RateExceeded), 11);
    let over = find(&records, "over-0");
    assert_eq!(
        (over.reason, over.trust, over.status),
        (Some(Reason::RateLimited), Trust::None, Some(429))
    );
    assert_eq!(
        over.steps.unwrap().to_string(),
        "parse:ok header:ok key:ok signature:bad_signature limit:rate_limited"
    );
    assert!(over.token_fp.is_some() && over.claimed_sub.is_some());
    assert_eq!(find(&records, "known").cache, Some(CacheUse::Hit));
    assert_eq!(find(&records, "new").cache, Some(CacheUse::Miss));
}

#[actix_web::test]
async fn past_the_budget_only_known_tokens_pass_and_nothing_else_is_tried() {
    let service = Service::start(&with(
        Limits::builder()
            .failures_per_address(Quota::per_minute(1))
            .trials_per_address(Quota::per_minute(2)),
    ));
    let mut visit = Visit::default();
    let known = service.forge.token().sign();
    assert_eq!(visit.send(&service, &known, "before").await, 200);
    assert_eq!(
        visit.strangers(&service, 4, "bad").await,
        [401, 429, 429, 429]
    );
    assert_eq!(visit.last().header("retry-after").as_deref(), Some("30"));
    assert_eq!(visit.send(&service, &known, "known").await, 200);
    let new = service.forge.token().sign();
    assert_eq!(visit.send(&service, &new, "untried").await, 429);
    service.clock.advance_seconds(30);
    assert_eq!(visit.send(&service, &new, "tried").await, 200);

    let recorded = service.finish().await.sent(&visit.tokens);
    let recorded = recorded.answered(&visit.answers);
    let records = recorded.complies(8);
    let untried = find(&records, "untried");
    assert_eq!(untried.event, EventName::RateExceeded);
    assert_eq!(untried.steps.unwrap().to_string(), "limit:rate_limited");
    assert_eq!(untried.trust, Trust::None);
    assert!(untried.token_fp.is_some());
    // A token that is not looked at says nothing, and its claims count for nothing.
    assert_eq!((&untried.claimed_sub, &untried.token_sub), (&None, &None));
}

#[actix_web::test]
async fn credentials_that_are_none_are_failures_too_and_their_absence_is_not() {
    let service = Service::start(&with(
        Limits::builder().failures_per_address(Quota::per_minute(1)),
    ));
    let call = |id| Call::get("/orders/7").id(id);
    let mut statuses = Vec::new();
    for (id, value) in [
        ("a", "Bearer a b"),
        ("b", "Bearer a b"),
        ("c", "Basic YTpi"),
    ] {
        let call = call(id).header("authorization", value);
        statuses.push(call.send(service.address).await.status());
    }
    statuses.push(call("d").send(service.address).await.status());
    assert_eq!(statuses, [400, 429, 401, 401]);
    let recorded = service.finish().await;
    let records = recorded.complies(4);
    let limited = find(&records, "b");
    assert_eq!(limited.event, EventName::RateExceeded);
    assert_eq!(steps(limited), "parse:malformed_header limit:rate_limited");
}

#[actix_web::test]
async fn an_expired_token_is_told_so_even_from_an_address_over_its_limit() {
    let service = Service::start(&with(
        Limits::builder().failures_per_address(Quota::per_minute(1)),
    ));
    let mut visit = Visit::default();
    // Of an office whose tokens end together, none is charged to the office.
    for number in 0..3 {
        let expired = service.forge.token().expires_in(-100).sign();
        let id = format!("together-{number}");
        assert_eq!(visit.send(&service, &expired, &id).await, 401);
    }
    assert_eq!(visit.strangers(&service, 2, "bad").await, [401, 429]);
    let expired = service.forge.token().expires_in(-100).sign();
    assert_eq!(visit.send(&service, &expired, "expired").await, 401);
    let recorded = service.finish().await.sent(&visit.tokens);
    let records = recorded.complies(6);
    assert_eq!(find(&records, "expired").reason, Some(Reason::Expired));
}
