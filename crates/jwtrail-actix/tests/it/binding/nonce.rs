use jwtrail_actix::Dpop;
use jwtrail_actix::verify::DpopNonces;
use jwtrail_event::{EventName, Reason, Trust};
use jwtrail_session::{Limits, Quota};

use super::{ORIGIN, UP_TO_CLAIMS, Visit, steps, taking};
use crate::server::{Service, Setup, find};

fn asking() -> Setup {
    taking(|options| options.dpop(Dpop::at(ORIGIN).asking_nonces()))
}

#[actix_web::test]
async fn a_client_is_given_a_nonce_and_tries_again() {
    let service = Service::start(&asking());
    let mut visit = Visit::default();
    assert_eq!(visit.prove(&service, "none", |p| p).await, 401);
    let answer = visit.last();
    assert_eq!(answer.body(), "{\"error\":\"use_dpop_nonce\"}");
    let nonce = answer.header("dpop-nonce").unwrap();
    assert_eq!(
        visit.prove(&service, "given", |p| p.nonce(&nonce)).await,
        200
    );
    assert_eq!(visit.last().header("dpop-nonce"), None);

    // It is still taken in the next period, and the next one comes with the answer.
    service.clock.advance_seconds(120);
    assert_eq!(
        visit.prove(&service, "older", |p| p.nonce(&nonce)).await,
        200
    );
    let next = visit.last().header("dpop-nonce").unwrap();
    assert_ne!(next, nonce);
    service.clock.advance_seconds(120);
    assert_eq!(visit.prove(&service, "old", |p| p.nonce(&nonce)).await, 401);
    assert_eq!(visit.prove(&service, "next", |p| p.nonce(&next)).await, 200);

    let recorded = visit.end(service).await;
    let records = recorded.complies(5);
    let none = find(&records, "none");
    assert_eq!(none.event, EventName::TokenRejected);
    assert_eq!(none.reason, Some(Reason::ProofNonceRequired));
    assert_eq!(none.trust, Trust::Signed);
    assert_eq!(
        steps(none),
        format!("{UP_TO_CLAIMS} binding:proof_nonce_required")
    );
}

#[actix_web::test]
async fn a_nonce_that_is_asked_for_is_no_failure_of_the_client() {
    let limits = Limits::builder()
        .failures_per_address(Quota::per_minute(1))
        .failures_per_token(Quota::per_minute(1));
    let setup = Setup {
        limits: Some(std::sync::Arc::new(limits.build().unwrap())),
        ..asking()
    };
    let service = Service::start(&setup);
    let mut visit = Visit::default();
    for number in 0..5 {
        let id = format!("none-{number}");
        assert_eq!(visit.prove(&service, &id, |p| p).await, 401);
    }
    visit.end(service).await.complies(5);
}

#[actix_web::test]
async fn a_bad_proof_is_told_the_nonce_too() {
    let service = Service::start(&asking());
    let mut visit = Visit::default();
    assert_eq!(
        visit.prove(&service, "bad", |p| p.method("POST")).await,
        401
    );
    assert_eq!(visit.last().body(), "{\"error\":\"invalid_dpop_proof\"}");
    assert!(visit.last().header("dpop-nonce").is_some());
    visit.end(service).await.complies(1);
}

#[actix_web::test]
async fn instances_with_one_secret_take_each_others_nonces() {
    let sharing = || {
        taking(|options| {
            let nonces = DpopNonces::new(&[7; 32]);
            options.dpop(Dpop::at(ORIGIN).sharing_nonces(nonces))
        })
    };
    let (one, other) = (Service::start(&sharing()), Service::start(&sharing()));
    let (mut at_one, mut at_other) = (Visit::default(), Visit::default());
    assert_eq!(at_one.prove(&one, "ask", |p| p).await, 401);
    let nonce = at_one.last().header("dpop-nonce").unwrap();
    assert_eq!(
        at_other.prove(&other, "use", |p| p.nonce(&nonce)).await,
        200
    );
    at_one.end(one).await.complies(1);
    at_other.end(other).await.complies(1);
}
