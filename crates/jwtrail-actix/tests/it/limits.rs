//! RTE: what a client meets that asks for too much, and what is recorded of it.

use std::sync::Arc;

use jwtrail_event::{CacheUse, EventName, Reason, Record, SecretToken, Trust};
use jwtrail_session::{Limits, LimitsBuilder, Quota};

use crate::client::{Answer, Call};
use crate::server::{Service, Setup, find};

/// Everything that was sent and answered.
#[derive(Default)]
struct Visit {
    answers: Vec<Answer>,
    tokens: Vec<SecretToken>,
}

impl Visit {
    async fn send(&mut self, service: &Service, token: &SecretToken, id: &str) -> u16 {
        self.call(service, Call::get("/orders/7"), token, id).await
    }

    async fn call(&mut self, service: &Service, call: Call, token: &SecretToken, id: &str) -> u16 {
        let answer = call.bearer(token).id(id).send(service.address).await;
        let status = answer.status();
        self.answers.push(answer);
        self.tokens.push(token.clone());
        status
    }

    /// So many tokens of strangers, each another one.
    async fn strangers(&mut self, service: &Service, count: usize, name: &str) -> Vec<u16> {
        let mut statuses = Vec::new();
        for number in 0..count {
            let token = service.forge.token().signed_by_stranger().sign();
            let id = format!("{name}-{number}");
            statuses.push(self.send(service, &token, &id).await);
        }
        statuses
    }

    fn last(&self) -> &Answer {
        self.answers.last().unwrap()
    }
}

fn with(limits: LimitsBuilder) -> Setup {
    Setup {
        limits: Some(Arc::new(limits.build().unwrap())),
        ..Setup::default()
    }
}

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

#[actix_web::test]
async fn rte_03_a_header_about_the_address_changes_nothing() {
    let service = Service::start(&with(
        Limits::builder().failures_per_address(Quota::per_minute(2)),
    ));
    let mut visit = Visit::default();
    let mut statuses = Vec::new();
    for number in 0..4 {
        let token = service.forge.token().signed_by_stranger().sign();
        let call = Call::get("/orders/7")
            .header("x-forwarded-for", format!("203.0.113.{number}"))
            .header("forwarded", format!("for=203.0.113.{number}"));
        let id = format!("spoofed-{number}");
        statuses.push(visit.call(&service, call, &token, &id).await);
    }
    assert_eq!(statuses, [401, 401, 429, 429]);
    let recorded = service.finish().await.sent(&visit.tokens);
    for record in recorded.complies(4).iter().filter(|r| r.route.is_some()) {
        assert_eq!(record.client_ip.as_ref().unwrap().as_str(), "127.0.0.1");
        assert_eq!(record.client_ip, record.peer_ip);
    }
}

#[actix_web::test]
async fn one_broken_client_behind_a_proxy_is_limited_alone() {
    let mut setup = with(Limits::builder().failures_per_address(Quota::per_minute(1)));
    setup.options = |options| options.trusted_proxies(["127.0.0.1/32".parse().unwrap()]);
    let service = Service::start(&setup);
    let mut visit = Visit::default();
    for (client, status) in [
        ("203.0.113.1", 401),
        ("203.0.113.1", 429),
        ("203.0.113.2", 401),
    ] {
        let token = service.forge.token().signed_by_stranger().sign();
        let call = Call::get("/orders/7").header("x-forwarded-for", client);
        let id = format!("{client}-{status}");
        assert_eq!(visit.call(&service, call, &token, &id).await, status);
    }
    service.finish().await.sent(&visit.tokens).complies(3);
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

/// Of all that is accepted, two of three come through one address, for many subjects.
#[actix_web::test]
async fn one_address_above_half_of_the_traffic_is_reported_and_not_limited() {
    let mut setup = with(Limits::builder().failures_per_address(Quota::per_minute(1)));
    setup.options = |options| options.trusted_proxies(["127.0.0.1/32".parse().unwrap()]);
    let service = Service::start(&setup);
    let (limits, mut visit) = (setup.limits.as_ref().unwrap(), Visit::default());
    let people: Vec<_> = (0..40)
        .map(|number| service.forge.token().subject(&format!("user-{number}")))
        .map(|token| token.sign())
        .collect();
    let client = |number| match number % 3 {
        0 => format!("203.0.113.{}", number % 200),
        _ => "198.51.100.1".to_owned(),
    };
    let (direct, wire) = (0..1_990, 1_990..2_000);
    for (number, token) in direct.zip(people.iter().cycle()) {
        let verified = service
            .auth
            .verifier()
            .verify(token.expose(), service.forge.now());
        let client = client(number).parse().unwrap();
        assert!(!limits.accepted(client, &verified.unwrap().token));
    }
    for number in wire {
        let call = Call::get("/orders/7").header("x-forwarded-for", client(number));
        let id = format!("honest-{number}");
        assert_eq!(visit.call(&service, call, &people[0], &id).await, 200);
    }
    for (client, expected) in [
        ("198.51.100.1", [401; 3]),
        ("203.0.113.250", [401, 429, 429]),
    ] {
        for (number, status) in expected.into_iter().enumerate() {
            let token = service.forge.token().signed_by_stranger().sign();
            let call = Call::get("/orders/7").header("x-forwarded-for", client);
            let id = format!("{client}-{number}");
            assert_eq!(visit.call(&service, call, &token, &id).await, status);
        }
    }
    let recorded = service.finish().await.sent(&people);
    let records = recorded.complies(16);
    let told = |record: &&Record<'_>| record.event == EventName::ProxySuspected;
    let told: Vec<_> = records.iter().filter(told).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].client_ip.as_ref().unwrap().as_str(), "198.51.100.1");
}

fn steps(record: &Record<'_>) -> String {
    record.steps.unwrap().to_string()
}

const LIMITED: &str =
    "parse:ok header:ok key:ok signature:ok claims:ok revocation:ok limit:rate_limited";
