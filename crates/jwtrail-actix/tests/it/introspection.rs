//! Tokens that only their issuer can read (RFC 7662).

use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::{Dpop, Introspection, JwtAuth, JwtAuthError, Outbound, Trail};
use jwtrail_event::{CacheUse, Reason, SecretToken, Timestamp, Trust};
use jwtrail_forge::Forge;
use jwtrail_session::{Limits, Quota};
use jwtrail_verify::{KeySet, Thumbprint};
use serde_json::{Value, json};

use crate::client::{Answer, Call};
use crate::issuer_stub::IssuerStub;
use crate::server::{NOW, Recorded, Service, Setup, find, many_failures};

const SECRET: &str = "client-secret of/the:test";

struct Visit {
    service: Service,
    answers: Vec<Answer>,
    tokens: Vec<SecretToken>,
}

impl Visit {
    fn start(introspection: Introspection) -> Self {
        Self::with(introspection, &Setup::default())
    }

    fn with(introspection: Introspection, setup: &Setup) -> Self {
        let options = setup.options;
        Self {
            service: Service::start_with(setup, |auth| options(auth).introspection(introspection)),
            answers: Vec::new(),
            tokens: vec![SecretToken::new(SECRET.to_owned())],
        }
    }

    async fn send(&mut self, token: &str, id: &str) -> u16 {
        let token = SecretToken::new(token.to_owned());
        let call = Call::get("/orders/7").bearer(&token).id(id);
        let answer = call.send(self.service.address).await;
        self.tokens.push(token);
        self.answers.push(answer.clone());
        answer.status()
    }

    async fn end(self) -> Recorded {
        let recorded = self.service.finish().await.sent(&self.tokens);
        recorded.answered(&self.answers)
    }
}

fn outbound() -> Outbound {
    let network = "127.0.0.0/8".parse().unwrap();
    Outbound::builder().allow_network(network).build().unwrap()
}

fn introspection(issuer: &IssuerStub) -> Introspection {
    Introspection::at(&issuer.url(), &outbound())
        .issuer("https://login.example")
        .client("orders api", SecretToken::new(SECRET.to_owned()))
}

fn active() -> Value {
    json!({
        "active": true, "iss": "https://login.example", "aud": "orders-api", "sub": "alice",
        "client_id": "web", "scope": "orders:read", "exp": NOW + 300,
    })
}

const OPAQUE: &str = "opaque-token-2f8a61c07d";

#[actix_web::test]
async fn an_active_token_is_accepted_and_asked_about_once() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    let mut visit = Visit::start(introspection(&issuer));
    assert_eq!(visit.send(OPAQUE, "first").await, 200);
    assert_eq!(visit.send(OPAQUE, "again").await, 200);
    assert_eq!(issuer.asked().len(), 1);
    // A minute later the issuer has another word.
    visit.service.clock.advance_seconds(60);
    assert_eq!(visit.send(OPAQUE, "later").await, 200);
    assert_eq!(issuer.asked().len(), 2);
    issuer.answers(&json!({ "active": false }));
    assert_eq!(visit.send(OPAQUE, "kept").await, 200);
    visit.service.clock.advance_seconds(60);
    assert_eq!(visit.send(OPAQUE, "ended").await, 401);

    let recorded = visit.end().await;
    let records = recorded.complies(5);
    let first = find(&records, "first");
    assert_eq!(
        (first.trust, first.cache),
        (Trust::Verified, Some(CacheUse::Miss))
    );
    assert_eq!(
        first.steps.unwrap().to_string(),
        "parse:ok claims:ok revocation:ok"
    );
    assert_eq!(first.token_sub.as_ref().unwrap().as_str(), "alice");
    assert!(first.token_fp.is_some() && first.token_alg.is_none());
    assert_eq!(find(&records, "again").cache, Some(CacheUse::Hit));
}

#[actix_web::test]
async fn the_question_is_a_form_with_the_services_own_credentials() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    let mut visit = Visit::start(introspection(&issuer));
    assert_eq!(visit.send("opaque+token/with=signs", "one").await, 200);
    let asked = issuer.asked().remove(0);
    assert_eq!(asked.target, "/introspect");
    let form = "token=opaque%2Btoken%2Fwith%3Dsigns&token_type_hint=access_token";
    assert_eq!(asked.form, form);
    use base64::Engine as _;
    let pair = "orders%20api:client-secret%20of%2Fthe%3Atest";
    let basic = base64::engine::general_purpose::STANDARD.encode(pair);
    assert_eq!(asked.authorization, format!("Basic {basic}"));
    visit.end().await.complies(1);
}

#[actix_web::test]
async fn an_inactive_token_is_revoked_and_remembered_for_a_moment() {
    let issuer = IssuerStub::start();
    issuer.answers(&json!({ "active": false, "sub": "alice" }));
    let mut visit = Visit::start(introspection(&issuer));
    assert_eq!(visit.send(OPAQUE, "first").await, 401);
    assert_eq!(visit.send(OPAQUE, "again").await, 401);
    assert_eq!(issuer.asked().len(), 1);
    visit.service.clock.advance_seconds(5);
    issuer.answers(&active());
    assert_eq!(visit.send(OPAQUE, "good").await, 200);
    let recorded = visit.end().await;
    let records = recorded.complies(3);
    for id in ["first", "again"] {
        let record = find(&records, id);
        assert_eq!(record.reason, Some(Reason::Revoked));
        assert_eq!(record.trust, Trust::None);
        assert_eq!(
            record.steps.unwrap().to_string(),
            "parse:ok revocation:revoked"
        );
        assert_eq!((&record.token_sub, &record.claimed_sub), (&None, &None));
        assert!(record.token_fp.is_some());
    }
}

#[actix_web::test]
async fn what_the_issuer_says_is_held_against_the_policy() {
    let issuer = IssuerStub::start();
    let mut visit = Visit::start(introspection(&issuer));
    for (name, value, reason) in [
        ("aud", json!("billing-api"), Reason::BadAudience),
        ("iss", json!("https://other.example"), Reason::BadIssuer),
        ("exp", json!(NOW - 100), Reason::Expired),
        ("nbf", json!(NOW + 100), Reason::NotYetValid),
        ("sub", json!(7), Reason::BadClaimType),
    ] {
        let mut answer = active();
        answer[name] = value;
        issuer.answers(&answer);
        let token = format!("opaque-token-for-{name}");
        assert_eq!(visit.send(&token, reason.as_str()).await, 401, "{name}");
    }
    let mut narrow = active();
    narrow["scope"] = json!("orders:write");
    issuer.answers(&narrow);
    let token = SecretToken::new("opaque-token-without-scope".to_owned());
    let call = Call::get("/alone/7").bearer(&token);
    assert_eq!(call.send(visit.service.address).await.status(), 403);
    visit.tokens.push(token);
    let recorded = visit.end().await;
    let records = recorded.complies(6);
    for reason in [Reason::BadAudience, Reason::Expired, Reason::NotYetValid] {
        let record = find(&records, reason.as_str());
        assert_eq!((record.reason, record.trust), (Some(reason), Trust::Signed));
    }
    assert_eq!(find(&records, "bad_issuer").trust, Trust::None);
}

#[actix_web::test]
async fn a_token_ends_when_the_issuer_said_so() {
    let issuer = IssuerStub::start();
    let mut answer = active();
    answer["exp"] = json!(NOW + 20);
    issuer.answers(&answer);
    let mut visit = Visit::start(introspection(&issuer));
    assert_eq!(visit.send(OPAQUE, "one").await, 200);
    // The answer is not kept beyond the token; the leeway is for clocks that differ.
    visit.service.clock.advance_seconds(20);
    assert_eq!(visit.send(OPAQUE, "two").await, 200);
    assert_eq!(issuer.asked().len(), 2);
    visit.service.clock.advance_seconds(60);
    assert_eq!(visit.send(OPAQUE, "three").await, 401);
    let recorded = visit.end().await;
    let records = recorded.complies(3);
    assert_eq!(find(&records, "three").reason, Some(Reason::Expired));
}

#[actix_web::test]
async fn many_requests_with_one_token_ask_once() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    issuer.holds(true);
    let mut visit = Visit::start(introspection(&issuer));
    let token = SecretToken::new(OPAQUE.to_owned());
    let call = Call::get("/orders/7").bearer(&token);
    let mut streams = Vec::new();
    for _ in 0..50 {
        streams.push(call.start(visit.service.address).await);
    }
    issuer.was_asked(1).await;
    issuer.holds(false);
    for mut stream in streams {
        visit.answers.push(Answer::read(&mut stream).await);
    }
    assert!(visit.answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(issuer.asked().len(), 1);
    visit.tokens.push(token);
    visit.end().await.complies(50);
}

#[actix_web::test]
async fn a_client_that_goes_away_leaves_the_question_to_the_next() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    issuer.holds(true);
    let mut visit = Visit::start(introspection(&issuer));
    let token = SecretToken::new(OPAQUE.to_owned());
    let call = Call::get("/orders/7").bearer(&token);
    let gone = call.start(visit.service.address).await;
    issuer.was_asked(1).await;
    let mut waits = call.start(visit.service.address).await;
    crate::client::reset(gone);
    issuer.was_asked(2).await;
    issuer.holds(false);
    let answer = Answer::read(&mut waits).await;
    assert_eq!(answer.status(), 200);
    visit.tokens.push(token);
    let recorded = visit.end().await;
    let records = recorded.complies(2);
    let mut undecided = records
        .iter()
        .filter(|record| record.reason == Some(Reason::Undecided));
    let undecided = undecided.next().unwrap();
    assert!(undecided.token_fp.is_some());
    let steps = undecided.steps.unwrap().to_string();
    assert_eq!(steps, "parse:ok revocation:undecided");
}

#[actix_web::test]
async fn an_issuer_that_does_not_answer_closes_the_route() {
    let issuer = IssuerStub::start();
    let mut visit = Visit::start(introspection(&issuer));
    let large = format!("{{\"active\":true,\"x\":\"{}\"}}", "x".repeat(20_000));
    for (number, (status, body)) in [
        (500, "{}"),
        (401, "{\"active\":true}"),
        (302, ""),
        (200, ""),
        (200, "<html>"),
        (200, "{\"active\":\"true\"}"),
        (200, &*large),
    ]
    .into_iter()
    .enumerate()
    {
        issuer.answers_with(status, body);
        let (token, id) = (format!("opaque-token-{number}"), format!("closed-{number}"));
        assert_eq!(visit.send(&token, &id).await, 503, "{status} {body:.20}");
    }
    // Who asks a moment later asks anew.
    issuer.answers(&active());
    visit.service.clock.advance_seconds(5);
    assert_eq!(visit.send("opaque-token-0", "back").await, 200);
    let recorded = visit.end().await;
    let records = recorded.complies(8);
    let closed = find(&records, "closed-0");
    assert_eq!(closed.reason, Some(Reason::BackendUnavailable));
    assert_eq!(closed.trust, Trust::None);
    let steps = closed.steps.unwrap().to_string();
    assert_eq!(steps, "parse:ok revocation:backend_unavailable");
}

#[actix_web::test]
async fn nobody_waits_longer_than_the_deadline_and_nobody_is_charged() {
    let issuer = IssuerStub::start();
    issuer.holds(true);
    let limits = Limits::builder().failures_per_address(Quota::per_minute(1));
    let setup = Setup {
        limits: Some(Arc::new(limits.build().unwrap())),
        ..Setup::default()
    };
    let short = introspection(&issuer).deadline(Duration::from_millis(50));
    let mut visit = Visit::with(short, &setup);
    for number in 0..4 {
        let (token, id) = (format!("opaque-token-{number}"), format!("late-{number}"));
        assert_eq!(visit.send(&token, &id).await, 503);
    }
    let recorded = visit.end().await;
    let records = recorded.complies(4);
    assert_eq!(
        find(&records, "late-3").reason,
        Some(Reason::BackendUnavailable)
    );
}

#[actix_web::test]
async fn a_private_endpoint_is_reached_only_where_it_was_allowed() {
    let issuer = IssuerStub::start();
    issuer.answers(&active());
    let strict = Outbound::builder().build().unwrap();
    let introspection = Introspection::at(&issuer.url(), &strict)
        .issuer("https://login.example")
        .client("orders-api", SecretToken::new(SECRET.to_owned()));
    let mut visit = Visit::start(introspection);
    assert_eq!(visit.send(OPAQUE, "private").await, 503);
    assert!(issuer.asked().is_empty());
    visit.end().await.complies(1);
}

#[actix_web::test]
async fn a_jwt_is_verified_by_its_signature_unless_every_token_is_asked_about() {
    for every in [false, true] {
        let issuer = IssuerStub::start();
        issuer.answers(&json!({ "active": false }));
        let introspection = match every {
            true => introspection(&issuer).every_token(),
            false => introspection(&issuer),
        };
        let mut visit = Visit::start(introspection);
        let token = visit.service.forge.token().sign();
        let status = visit.send(token.expose(), "jwt").await;
        assert_eq!(status, if every { 401 } else { 200 });
        assert_eq!(issuer.asked().len(), usize::from(every));
        let recorded = visit.end().await;
        let records = recorded.complies(1);
        let record = find(&records, "jwt");
        assert_eq!(record.token_alg.as_ref().unwrap().as_str(), "ES256");
        assert_eq!(record.claimed_sub.is_some(), every);
    }
}

#[actix_web::test]
async fn a_token_that_is_too_large_is_not_asked_about() {
    let issuer = IssuerStub::start();
    let mut visit = Visit::start(introspection(&issuer));
    assert_eq!(visit.send(&"a".repeat(8193), "large").await, 401);
    assert!(issuer.asked().is_empty());
    let recorded = visit.end().await;
    let records = recorded.complies(1);
    assert_eq!(find(&records, "large").reason, Some(Reason::TokenTooLarge));
}

#[actix_web::test]
async fn a_flood_of_guesses_is_not_passed_on_to_the_issuer() {
    let issuer = IssuerStub::start();
    issuer.answers(&json!({ "active": false }));
    let limits = Limits::builder()
        .failures_per_address(Quota::per_minute(3))
        .trials_per_address(Quota::per_minute(2));
    let setup = Setup {
        limits: Some(Arc::new(limits.build().unwrap())),
        ..Setup::default()
    };
    let mut visit = Visit::with(introspection(&issuer), &setup);
    let mut statuses = Vec::new();
    for number in 0..20 {
        let token = format!("guessed-token-{number:04}");
        statuses.push(visit.send(&token, &format!("guess-{number}")).await);
    }
    assert_eq!(statuses[..3], [401; 3]);
    assert_eq!(statuses[3..], [429; 17]);
    assert!(
        issuer.asked().len() <= 6,
        "{} questions",
        issuer.asked().len()
    );
    visit.end().await.complies(20);
}

#[actix_web::test]
async fn an_opaque_token_can_be_bound_to_a_key() {
    let issuer = IssuerStub::start();
    let setup = Setup {
        limits: Some(many_failures()),
        options: |auth| auth.dpop(Dpop::at("https://orders.example")),
        ..Setup::default()
    };
    let mut visit = Visit::with(introspection(&issuer), &setup);
    let jkt = Thumbprint::of_jwk(visit.service.forge.client_jwk()).unwrap();
    let mut bound = active();
    bound["cnf"] = json!({ "jkt": jkt.to_string() });
    bound["token_type"] = json!("DPoP");
    issuer.answers(&bound);
    assert_eq!(visit.send(OPAQUE, "as-bearer").await, 401);
    let token = SecretToken::new(OPAQUE.to_owned());
    let proof = visit.service.forge.proof(&token).sign();
    let call = Call::get("/orders/7").dpop(&token, &proof).id("proven");
    assert_eq!(call.send(visit.service.address).await.status(), 200);
    visit.tokens.push(proof);
    let recorded = visit.end().await;
    let records = recorded.complies(2);
    assert_eq!(
        find(&records, "as-bearer").reason,
        Some(Reason::ProofInvalid)
    );
    let proven = find(&records, "proven").steps.unwrap().to_string();
    assert_eq!(proven, "parse:ok claims:ok binding:ok revocation:ok");
}

#[test]
fn what_could_not_be_asked_safely_is_refused_when_it_is_built() {
    let capture = crate::capture::Capture::default();
    let trail = Trail::builder("orders-api").sink(capture.sink()).start();
    let trail = trail.unwrap();
    let forge = Forge::new(Timestamp::from_seconds(0));
    let build = |introspection: Introspection| {
        let keys = KeySet::from_jwks(forge.jwks()).unwrap();
        let auth = JwtAuth::builder().issuer("https://login.example", keys);
        let auth = auth.audience("orders-api").audit(&trail);
        auth.introspection(introspection).build()
    };
    let secret = || SecretToken::new(SECRET.to_owned());
    let at = |url| Introspection::at(url, &outbound());
    let good = || at("https://login.example/introspect").issuer("https://login.example");
    assert!(build(good().client("a", secret())).is_ok());
    for bad in [
        good(),
        at("https://login.example/introspect").client("a", secret()),
        at("https://login.example/introspect")
            .issuer("")
            .client("a", secret()),
        at("http://login.example/introspect")
            .issuer("i")
            .client("a", secret()),
        at("introspect").issuer("i").client("a", secret()),
        good().client("a", secret()).keep(Duration::from_secs(3601)),
    ] {
        let error = build(bad).unwrap_err();
        assert!(matches!(error, JwtAuthError::Introspection { .. }));
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }
}
