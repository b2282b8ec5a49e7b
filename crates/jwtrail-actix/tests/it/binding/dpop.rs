use jwtrail_actix::{Dpop, JwtAuthError};
use jwtrail_event::{CacheUse, EventName, Reason, Trust};
use jwtrail_session::{Limits, Quota};

use super::{ORIGIN, UP_TO_CLAIMS, Visit, dpop, steps, taking};
use crate::client::Call;
use crate::server::{Service, Setup, find};

const ALGS: &str = "algs=\"ES256 ES384 EdDSA PS256 RS256\"";

#[actix_web::test]
async fn a_bound_token_with_a_good_proof_is_accepted_and_an_unbound_one_as_before() {
    let service = Service::start(&dpop());
    let mut visit = Visit::default();
    assert_eq!(visit.prove(&service, "bound", |p| p).await, 200);
    let token = service.forge.token().sign();
    let call = Call::get("/orders/7").bearer(&token).id("unbound");
    assert_eq!(visit.call(&service, call, &[&token]).await, 200);
    let recorded = visit.end(service).await;
    let records = recorded.complies(2);
    let bound = find(&records, "bound");
    assert_eq!(bound.trust, Trust::Verified);
    // It was verified once, before the proof was waited for.
    assert_eq!(bound.cache, Some(CacheUse::Miss));
    assert_eq!(
        steps(bound),
        format!("{UP_TO_CLAIMS} binding:ok revocation:ok")
    );
    let unbound = find(&records, "unbound");
    assert_eq!(steps(unbound), format!("{UP_TO_CLAIMS} revocation:ok"));
}

#[actix_web::test]
async fn no_credentials_are_told_every_scheme_that_is_taken() {
    for (required, expected) in [
        (
            false,
            vec![
                "Bearer realm=\"orders\"".to_owned(),
                format!("DPoP realm=\"orders\", {ALGS}"),
            ],
        ),
        (true, vec![format!("DPoP realm=\"orders\", {ALGS}")]),
    ] {
        let service = Service::start(&match required {
            false => dpop(),
            true => taking(|options| options.dpop(Dpop::at(ORIGIN).required())),
        });
        let mut visit = Visit::default();
        let call = Call::get("/orders/7");
        assert_eq!(visit.call(&service, call, &[]).await, 401);
        assert_eq!(visit.last().headers("www-authenticate"), expected);
        visit.end(service).await.complies(1);
    }
}

#[actix_web::test]
async fn where_proofs_are_required_an_unbound_token_is_refused() {
    let service = Service::start(&taking(|options| options.dpop(Dpop::at(ORIGIN).required())));
    let mut visit = Visit::default();
    let token = service.forge.token().sign();
    let call = Call::get("/orders/7").bearer(&token).id("unbound");
    assert_eq!(visit.call(&service, call, &[&token]).await, 401);
    let challenge = format!("DPoP realm=\"orders\", error=\"invalid_token\", {ALGS}");
    assert_eq!(visit.last().headers("www-authenticate"), [challenge]);
    assert_eq!(visit.prove(&service, "bound", |p| p).await, 200);
    let recorded = visit.end(service).await;
    let records = recorded.complies(2);
    assert_eq!(find(&records, "unbound").reason, Some(Reason::ProofInvalid));
}

#[actix_web::test]
async fn a_bound_token_is_refused_where_nobody_can_check_its_proof() {
    let service = Service::start(&Setup::default());
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let call = Call::get("/orders/7").bearer(&token).id("bearer");
    assert_eq!(visit.call(&service, call, &[&token]).await, 401);
    assert_eq!(visit.prove(&service, "proof", |p| p).await, 401);
    let challenge = "Bearer realm=\"orders\", error=\"invalid_token\"";
    assert_eq!(visit.last().headers("www-authenticate"), [challenge]);
    let recorded = visit.end(service).await;
    let records = recorded.complies(2);
    for id in ["bearer", "proof"] {
        let record = find(&records, id);
        assert_eq!(record.reason, Some(Reason::ProofInvalid));
        assert_eq!(record.trust, Trust::Signed);
        assert_eq!(
            steps(record),
            format!("{UP_TO_CLAIMS} binding:proof_invalid")
        );
        assert_eq!(record.token_sub.as_ref().unwrap().as_str(), "alice");
    }
}

#[actix_web::test]
async fn a_bound_token_out_of_a_cookie_is_no_dpop() {
    let setup = Setup {
        cookie: true,
        ..dpop()
    };
    let service = Service::start(&setup);
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let proof = service.forge.proof(&token).sign();
    let cookie = format!("{}={}", service.forge.cookie_name(), token.expose());
    let call = Call::get("/orders/7").header("cookie", cookie);
    let call = call.header("dpop", proof.expose());
    assert_eq!(visit.call(&service, call, &[&token, &proof]).await, 401);
    visit.end(service).await.complies(1);
}

#[actix_web::test]
async fn both_schemes_at_once_are_a_malformed_request() {
    let service = Service::start(&dpop());
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let proof = service.forge.proof(&token).sign();
    let call = Call::get("/orders/7").dpop(&token, &proof).bearer(&token);
    assert_eq!(visit.call(&service, call, &[&token, &proof]).await, 400);
    visit.end(service).await.complies(1);
}

#[actix_web::test]
async fn an_inner_layer_answers_in_the_scheme_that_was_used() {
    let service = Service::start(&dpop());
    let mut visit = Visit::default();
    let token = service
        .forge
        .token()
        .scope("other")
        .bound_to_client()
        .sign();
    let uri = format!("{ORIGIN}/alone/7");
    let proof = service.forge.proof(&token).uri(&uri).sign();
    let call = Call::get("/alone/7").dpop(&token, &proof);
    assert_eq!(visit.call(&service, call, &[&token, &proof]).await, 403);
    let expected = format!(
        "DPoP realm=\"orders\", error=\"insufficient_scope\", scope=\"orders:read\", {ALGS}"
    );
    assert_eq!(visit.last().headers("www-authenticate")[1], expected);
    // A handler that asks for claims that the token lacks.
    let token = service.forge.token().bound_to_client().sign();
    let uri = format!("{ORIGIN}/tenant");
    let proof = service.forge.proof(&token).uri(&uri).sign();
    let call = Call::get("/tenant").dpop(&token, &proof);
    assert_eq!(visit.call(&service, call, &[&token, &proof]).await, 401);
    let expected = format!("DPoP realm=\"orders\", error=\"invalid_token\", {ALGS}");
    assert_eq!(visit.last().headers("www-authenticate")[1], expected);
    visit.end(service).await.complies(2);
}

#[actix_web::test]
async fn nested_layers_take_one_proof_once() {
    let service = Service::start(&dpop());
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let uri = format!("{ORIGIN}/nested/twice");
    let proof = service.forge.proof(&token).uri(&uri).sign();
    let call = Call::get("/nested/twice").dpop(&token, &proof);
    assert_eq!(visit.call(&service, call, &[&token, &proof]).await, 200);
    visit.end(service).await.complies(1);
}

/// Whoever is given a token and a proof for himself may relay both, with his own name.
#[actix_web::test]
async fn the_host_header_is_not_the_uri() {
    let service = Service::start(&dpop());
    let mut visit = Visit::default();
    let forge = service.forge.clone().with_resource("https://test/orders/7");
    let token = forge.token().bound_to_client().sign();
    for (id, uri) in [
        ("https", "https://test/orders/7"),
        ("http", "http://test/orders/7"),
    ] {
        let proof = forge.proof(&token).uri(uri).sign();
        let call = Call::get("/orders/7").dpop(&token, &proof).id(id);
        assert_eq!(visit.call(&service, call, &[&token, &proof]).await, 401);
    }
    visit.end(service).await.complies(2);
}

#[actix_web::test]
async fn the_origin_comes_from_trusted_proxies_only() {
    for trusted in [true, false] {
        let service = Service::start(&match trusted {
            true => taking(|options| {
                options
                    .dpop(Dpop::behind_trusted_proxies())
                    .trusted_proxies(["127.0.0.0/8".parse().unwrap()])
            }),
            false => taking(|options| {
                options
                    .dpop(Dpop::behind_trusted_proxies())
                    .trusted_proxies(["192.0.2.0/24".parse().unwrap()])
            }),
        });
        let mut visit = Visit::default();
        for (host, held) in [("orders.example", trusted), ("other.example", false)] {
            let token = service.forge.token().bound_to_client().sign();
            let proof = service.forge.proof(&token).sign();
            let call = Call::get("/orders/7").dpop(&token, &proof);
            let call = call.header("x-forwarded-proto", "https");
            let call = call.header("x-forwarded-host", host);
            let status = visit.call(&service, call, &[&token, &proof]).await;
            assert_eq!(status == 200, held, "{host}, trusted {trusted}");
        }
        visit.end(service).await.complies(2);
    }
}

#[test]
fn what_no_proof_could_be_for_is_refused_when_it_is_built() {
    let capture = crate::capture::Capture::default();
    let trail = jwtrail_actix::Trail::builder("orders-api").sink(capture.sink());
    let trail = trail.start().unwrap();
    let forge = jwtrail_forge::Forge::new(jwtrail_event::Timestamp::from_seconds(0));
    let options = || {
        let keys = jwtrail_verify::KeySet::from_jwks(forge.jwks()).unwrap();
        let start = jwtrail_actix::JwtAuth::builder().issuer("https://login.example", keys);
        start.audience("orders-api").audit(&trail)
    };
    for origin in [
        "",
        "orders.example",
        "ftp://a.example",
        "https://a.example?x",
        "https://u@a",
    ] {
        let built = options().dpop(Dpop::at(origin)).build();
        assert!(
            matches!(built, Err(JwtAuthError::DpopOrigin { .. })),
            "{origin}"
        );
    }
    let built = options().dpop(Dpop::behind_trusted_proxies()).build();
    assert!(matches!(built, Err(JwtAuthError::NoTrustedProxies { .. })));
    let built = options().client_certificates_from_proxies().build();
    assert!(matches!(built, Err(JwtAuthError::NoTrustedProxies { .. })));
    assert!(
        options()
            .dpop(Dpop::at("https://orders.example/v1"))
            .build()
            .is_ok()
    );
}

#[actix_web::test]
async fn bad_proofs_are_charged_as_failures() {
    let limits = Limits::builder().failures_per_address(Quota::per_minute(2));
    let setup = Setup {
        limits: Some(std::sync::Arc::new(limits.build().unwrap())),
        ..dpop()
    };
    let service = Service::start(&setup);
    let mut visit = Visit::default();
    let mut statuses = Vec::new();
    for number in 0..3 {
        let id = format!("bad-{number}");
        statuses.push(visit.prove(&service, &id, |p| p.method("POST")).await);
    }
    assert_eq!(statuses, [401, 401, 429]);
    let recorded = visit.end(service).await;
    let records = recorded.complies(3);
    let limited = find(&records, "bad-2");
    assert_eq!(limited.event, EventName::RateExceeded);
    assert_eq!(limited.trust, Trust::Signed);
    assert_eq!(
        steps(limited),
        format!("{UP_TO_CLAIMS} binding:proof_invalid limit:rate_limited")
    );
}

#[actix_web::test]
async fn hostile_proofs_are_refused_and_leave_the_service_well() {
    let service = Service::start(&dpop());
    let mut visit = Visit::default();
    let token = service.forge.token().bound_to_client().sign();
    let hostile = [
        b"".to_vec(),
        b"\xff\xfe".to_vec(),
        b"..".to_vec(),
        b"{}".to_vec(),
        vec![b'a'; 60_000],
        [b"e30.".repeat(2_000), b"e30".to_vec()].concat(),
        b"eyJqd2siOltbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tb.e30.AA".to_vec(),
    ];
    for proof in &hostile {
        let value = format!("DPoP {}", token.expose());
        let call = Call::get("/orders/7").header("authorization", value);
        let call = call.header("dpop", proof);
        assert_eq!(visit.call(&service, call, &[&token]).await, 401);
    }
    assert_eq!(visit.prove(&service, "well", |p| p).await, 200);
    let recorded = visit.end(service).await;
    recorded.complies(hostile.len() + 1);
}
