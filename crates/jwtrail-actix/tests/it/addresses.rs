use jwtrail_event::Hop;

use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn a_spoofed_address_changes_nothing() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let call = Call::get("/orders/7")
        .bearer(&token)
        .id("spoofed")
        .header("x-forwarded-for", "203.0.113.66")
        .header("forwarded", "for=203.0.113.66")
        .header("x-real-ip", "203.0.113.66");
    assert_eq!(call.send(service.address).await.status(), 200);
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(1);
    let record = find(&records, "spoofed");
    assert_eq!(record.client_ip.as_ref().unwrap().as_str(), "127.0.0.1");
    assert_eq!(record.peer_ip.as_ref().unwrap().as_str(), "127.0.0.1");
    assert!(!String::from_utf8_lossy(&recorded.events).contains("203.0.113.66"));
}

#[actix_web::test]
async fn a_trusted_proxy_names_the_client_and_our_networks_are_inside() {
    let service = Service::start(&Setup {
        options: |options| {
            options
                .trusted_proxies(["127.0.0.0/8".parse().unwrap()])
                .internal_networks(["10.0.0.0/8".parse().unwrap()])
        },
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (id, forwarded) in [("outside", "10.9.9.9, 203.0.113.7"), ("inside", "10.0.0.5")] {
        let call = Call::get("/orders/7")
            .bearer(&token)
            .id(id)
            .header("traceparent", parent)
            .header("x-forwarded-for", forwarded);
        let answer = call.send(service.address).await;
        let trace = answer.header("traceresponse").unwrap();
        assert_eq!(
            trace.contains("4bf92f3577b34da6a3ce929d0e0e4736"),
            id == "inside"
        );
        assert!(
            answer.body().contains(&trace),
            "the handler has the same span"
        );
    }
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(2);
    let (outside, inside) = (find(&records, "outside"), find(&records, "inside"));
    assert_eq!(outside.client_ip.as_ref().unwrap().as_str(), "203.0.113.7");
    assert_eq!(
        (outside.hop, inside.hop),
        (Some(Hop::Edge), Some(Hop::Internal))
    );
    assert_eq!(outside.linked_trace_id, Some(inside.trace_id));
    assert_eq!(inside.linked_trace_id, None);
}
