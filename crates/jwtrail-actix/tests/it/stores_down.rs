//! What a route does while a store does not answer: by default it is closed.

use std::sync::Arc;

use jwtrail_event::{EventName, Outcome, Reason, Record, SecretToken};
use jwtrail_session::{Limits, Quota};

use crate::client::Call;
use crate::server::{Service, Setup, find};
use crate::states::{Broken, Switched};

/// One request at once of each subject, counted elsewhere.
fn shared(
    options: fn(jwtrail_actix::JwtAuthBuilder) -> jwtrail_actix::JwtAuthBuilder,
) -> (Setup, Arc<Switched>) {
    let store = Arc::new(Switched::default());
    let limits = Limits::builder()
        .per_subject(Quota::per_hour(1))
        .shared(Arc::clone(&store) as _, [5; 32])
        .build();
    let setup = Setup {
        limits: Some(Arc::new(limits.unwrap())),
        options,
        ..Setup::default()
    };
    (setup, store)
}

async fn send(service: &Service, token: &SecretToken, id: &str) -> u16 {
    let call = Call::get("/orders/7").bearer(token).id(id);
    call.send(service.address).await.status()
}

fn steps(record: &Record<'_>) -> String {
    record.steps.unwrap().to_string()
}

#[actix_web::test]
async fn sta_01_a_route_is_closed_while_the_shared_limits_do_not_answer() {
    let (setup, store) = shared(|options| options);
    let service = Service::start(&setup);
    let token = service.forge.token().sign();
    assert_eq!(send(&service, &token, "up").await, 200);
    store.set_down(true);
    assert_eq!(send(&service, &token, "down-1").await, 503);
    assert_eq!(send(&service, &token, "down-2").await, 503);
    store.set_down(false);
    assert_eq!(send(&service, &token, "back").await, 200);

    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(4);
    for id in ["down-1", "down-2"] {
        let down = find(&records, id);
        assert_eq!(down.event, EventName::TokenRejected);
        assert_eq!(down.reason, Some(Reason::BackendUnavailable));
        assert!(steps(down).ends_with(" revocation:ok limit:backend_unavailable"));
    }
    assert!(records.iter().all(|r| r.event != EventName::LimitsDegraded));
}

#[actix_web::test]
async fn local_limits_are_kept_where_that_is_chosen_and_told_once_at_each_end() {
    let (setup, store) = shared(jwtrail_actix::JwtAuthBuilder::local_limits_when_shared_are_down);
    let service = Service::start(&setup);
    let of = |subject| service.forge.token().subject(subject).sign();
    let (alice, bob) = (of("alice"), of("bob"));
    assert_eq!(send(&service, &alice, "up").await, 200);
    store.set_down(true);
    for (token, id, status) in [
        (&alice, "local", 200),
        (&alice, "over", 429),
        (&bob, "bob", 200),
    ] {
        assert_eq!(send(&service, token, id).await, status, "{id}");
    }
    store.set_down(false);
    assert_eq!(send(&service, &alice, "back-1").await, 200);
    assert_eq!(send(&service, &alice, "back-2").await, 200);

    let recorded = service.finish().await.sent(&[alice, bob]);
    let records = recorded.complies(6);
    let degraded = |record: &&Record<'_>| record.event == EventName::LimitsDegraded;
    let told: Vec<_> = records
        .iter()
        .filter(degraded)
        .map(|record| (record.outcome, record.reason))
        .collect();
    assert_eq!(
        told,
        [
            (Outcome::Failure, Some(Reason::BackendUnavailable)),
            (Outcome::Success, None)
        ]
    );
}

#[actix_web::test]
async fn tokens_are_accepted_unchecked_only_where_that_dangerous_choice_was_made() {
    let service = Service::start(&Setup {
        state: Arc::new(Broken::default()),
        unchecked: true,
        workers: 2,
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    assert_eq!(send(&service, &token, "closed").await, 503);
    let call = Call::get("/unchecked").bearer(&token).id("open");
    assert_eq!(call.send(service.address).await.status(), 200);

    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(2);
    let open = find(&records, "open");
    assert_eq!((open.event, open.reason), (EventName::TokenAccepted, None));
    assert!(steps(open).ends_with(" claims:ok revocation:backend_unavailable"));
    let closed = find(&records, "closed");
    assert_eq!(closed.reason, Some(Reason::BackendUnavailable));
    let options: Vec<_> = records
        .iter()
        .filter(|record| record.event == EventName::ConfigUnsafe)
        .filter_map(|record| record.option.as_ref())
        .collect();
    // One record, although every worker and every restart of one sets the option again.
    assert_eq!(options.len(), 1);
    assert_eq!(options[0].as_str(), "dangerous_accept_when_state_is_down");
}
