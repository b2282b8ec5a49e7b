//! Tokens that only their issuer can read (RFC 7662).

mod asking;
mod outage;

use std::time::Duration;

use jwtrail_actix::{Dpop, Introspection, JwtAuth, JwtAuthError, Outbound, Trail};
use jwtrail_event::{CacheUse, Reason, SecretToken, Timestamp, Trust};
use jwtrail_forge::Forge;
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
