use std::sync::Arc;

use actix_web::{App, HttpResponse, test, web};
use jwtrail_actix::{Dpop, JwtAuth};
use jwtrail_event::{EventName, Reason, Timestamp, Trust};
use jwtrail_session::{Answer, MemoryProofs, ProofId, ProofStore, ProofUse, StateError};
use jwtrail_verify::{KeySet, Seed, Verifier};

use super::{ORIGIN, UP_TO_CLAIMS, Visit, dpop, steps, taking};
use crate::client::Call;
use crate::server::{Service, find, many_failures};

#[actix_web::test]
async fn a_proof_that_was_used_is_refused() {
    let service = Service::start(&dpop());
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let proof = service.forge.proof(&token).sign();
    let call = |id| Call::get("/orders/7").dpop(&token, &proof).id(id);
    assert_eq!(
        visit.call(&service, call("first"), &[&token, &proof]).await,
        200
    );
    assert_eq!(visit.call(&service, call("again"), &[]).await, 401);
    assert_eq!(visit.last().body(), "{\"error\":\"invalid_dpop_proof\"}");
    // The same token with another proof goes on.
    let next = service.forge.proof(&token).sign();
    let other = Call::get("/orders/7").dpop(&token, &next).id("next");
    assert_eq!(visit.call(&service, other, &[&next]).await, 200);
    // And when its memory ends, the proof has, too.
    service.clock.advance_seconds(61);
    assert_eq!(visit.call(&service, call("later"), &[]).await, 401);

    let recorded = visit.end(service).await;
    let records = recorded.complies(4);
    let again = find(&records, "again");
    assert_eq!(again.event, EventName::TokenRejected);
    assert_eq!(again.reason, Some(Reason::ProofReplayed));
    assert_eq!(again.trust, Trust::Signed);
    assert_eq!(
        steps(again),
        format!("{UP_TO_CLAIMS} binding:proof_replayed")
    );
    assert_eq!(find(&records, "later").reason, Some(Reason::ProofInvalid));
}

#[actix_web::test]
async fn of_many_requests_with_one_proof_one_is_served() {
    let setup = crate::server::Setup {
        workers: 2,
        limits: Some(many_failures()),
        ..dpop()
    };
    let service = Service::start(&setup);
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let proof = service.forge.proof(&token).sign();
    let calls = (0..40).map(|_| {
        let call = Call::get("/orders/7").dpop(&token, &proof);
        let address = service.address;
        async move { call.send(address).await }
    });
    visit.answers = futures_util::future::join_all(calls).await;
    visit.tokens = vec![token.clone(), proof.clone()];
    let served = visit.answers.iter().filter(|a| a.status() == 200).count();
    assert_eq!(served, 1);
    visit.end(service).await.complies(40);
}

#[derive(Debug)]
struct Down;

impl ProofStore for Down {
    fn note<'a>(
        &'a self,
        _: ProofId<'a>,
        _: Timestamp,
        _: Timestamp,
    ) -> Answer<'a, Result<ProofUse, StateError>> {
        Answer::later(async { Err(StateError::Unavailable("down".into())) })
    }
}

#[actix_web::test]
async fn a_memory_that_does_not_answer_closes_the_route() {
    let service = Service::start(&taking(|options| {
        options.dpop(Dpop::at(ORIGIN).proofs(Arc::new(Down)))
    }));
    let mut visit = Visit::default();
    assert_eq!(visit.prove(&service, "down", |p| p).await, 503);
    // What can be refused without it still is.
    assert_eq!(
        visit.prove(&service, "bad", |p| p.method("POST")).await,
        401
    );
    let recorded = visit.end(service).await;
    let records = recorded.complies(2);
    let down = find(&records, "down");
    assert_eq!(down.reason, Some(Reason::BackendUnavailable));
    assert_eq!(down.trust, Trust::Signed);
    assert_eq!(
        steps(down),
        format!("{UP_TO_CLAIMS} binding:backend_unavailable")
    );
}

#[actix_web::test]
async fn a_flood_of_proofs_is_refused_and_opens_no_way_to_replay_one() {
    let service = Service::start(&taking(|options| {
        let proofs = Arc::new(MemoryProofs::with_capacity(64 * 3));
        options.dpop(Dpop::at(ORIGIN).proofs(proofs))
    }));
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let proof = service.forge.proof(&token).sign();
    let call = |id| Call::get("/orders/7").dpop(&token, &proof).id(id);
    assert_eq!(
        visit.call(&service, call("first"), &[&token, &proof]).await,
        200
    );
    let mut statuses = Vec::new();
    for number in 0..6 {
        let id = format!("flood-{number}");
        statuses.push(visit.prove(&service, &id, |p| p).await);
    }
    assert_eq!(statuses, [200, 200, 503, 503, 503, 503]);
    assert_eq!(visit.call(&service, call("again"), &[]).await, 401);
    let recorded = visit.end(service).await;
    let records = recorded.complies(8);
    assert_eq!(find(&records, "again").reason, Some(Reason::ProofReplayed));
    let full = find(&records, "flood-5");
    assert_eq!(full.reason, Some(Reason::BackendUnavailable));
}

/// Two protections around one route look at the same request, not at two.
#[actix_web::test]
async fn two_policies_with_one_memory_take_one_proof_once() {
    let service = Service::start(&dpop());
    let proofs: Arc<dyn ProofStore> = Arc::new(MemoryProofs::new());
    let layer = || {
        let keys = KeySet::from_jwks(service.forge.jwks()).unwrap();
        let verifier = Verifier::builder().issuer(service.forge.issuer(), keys);
        let verifier = verifier.audience(service.forge.audience());
        let verifier = Arc::new(verifier.build(Seed::new([7; 32])).unwrap());
        let auth = JwtAuth::with_verifier(verifier, &service.trail);
        let dpop = Dpop::at(ORIGIN).proofs(Arc::clone(&proofs));
        auth.dpop(dpop).build().unwrap()
    };
    let app = App::new().wrap(layer()).service(
        web::scope("/orders")
            .wrap(layer())
            .route("/7", web::get().to(HttpResponse::Ok)),
    );
    let app = test::init_service(app).await;
    let token = service.forge.token().bound_to_client().sign();
    let proof = service.forge.proof(&token).sign();
    for expected in [200, 401] {
        let request = test::TestRequest::get()
            .uri("/orders/7")
            .insert_header(("authorization", format!("DPoP {}", token.expose())))
            .insert_header(("dpop", proof.expose()))
            .to_request();
        let answer = test::call_service(&app, request).await;
        assert_eq!(answer.status().as_u16(), expected);
    }
    drop(app);
    let recorded = service.finish().await.sent(&[token, proof]);
    recorded.complies(2);
}
