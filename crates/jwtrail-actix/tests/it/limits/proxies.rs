use jwtrail_event::{EventName, Record};
use jwtrail_session::{Limits, Quota};

use super::{Visit, with};
use crate::client::Call;
use crate::server::Service;

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
