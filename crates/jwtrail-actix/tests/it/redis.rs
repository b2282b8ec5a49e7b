//! A service whose sessions, limits and used proofs are in Redis.

use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::{Dpop, JwtAuth, Trail};
use jwtrail_event::{EventName, Outcome, Reason, SecretToken, Timestamp};
use jwtrail_forge::Forge;
use jwtrail_session::{Limits, Quota, Redis, RedisLimits, RedisProofs, RedisState};
use jwtrail_testkit::{RedisServer, ask_until};
use jwtrail_verify::KeySet;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::capture::Capture;
use crate::client::Call;
use crate::server::{Service, Setup, find};

const KEY: [u8; 32] = [5; 32];
const PATIENCE: Duration = Duration::from_secs(60);

fn server() -> Option<RedisServer> {
    RedisServer::start().unwrap()
}

fn connect(server: &RedisServer) -> Redis {
    Redis::builder(&server.address())
        .deadline(PATIENCE)
        .connect_deadline(PATIENCE)
        .build()
        .unwrap()
}

fn setup(server: &RedisServer) -> Setup {
    let redis = connect(server);
    let limits = Limits::builder()
        .per_subject(Quota::per_hour(3))
        .shared(Arc::new(RedisLimits::new(&redis)), KEY)
        .build();
    Setup {
        state: Arc::new(RedisState::new(&redis, KEY).unwrap()),
        limits: Some(Arc::new(limits.unwrap())),
        workers: 2,
        ..Setup::default()
    }
}

async fn send(service: &Service, token: &SecretToken, id: &str) -> u16 {
    let call = Call::get("/orders/7").bearer(token).id(id);
    call.send(service.address).await.status()
}

/// Sends as long as the answer is this one, and gives how many were sent: nobody tells when the
/// service has found Redis again.
async fn send_while(service: &Service, token: &SecretToken, status: u16) -> usize {
    let (address, token, runtime) = (service.address, token.clone(), Handle::current());
    let asking = spawn_blocking(move || {
        let mut sent = 0;
        let has_changed = || {
            let call = Call::get("/orders/7").bearer(&token);
            let call = call.id(&format!("back-{sent}"));
            sent += 1;
            runtime.block_on(call.send(address)).status() != status
        };
        ask_until(PATIENCE, has_changed).map(|()| sent)
    });
    asking.await.unwrap().unwrap()
}

#[actix_web::test]
async fn requests_are_answered_503_while_redis_is_down_and_as_ever_when_it_is_back() {
    let Some(mut server) = server() else { return };
    let service = Service::start(&setup(&server));
    let of = |subject: &str| service.forge.token().subject(subject).sign();
    let (alice, bob) = (of("alice"), of("bob"));
    assert_eq!(send(&service, &alice, "up").await, 200);
    server.kill().unwrap();
    assert_eq!(send(&service, &alice, "down-1").await, 503);
    assert_eq!(send(&service, &alice, "down-2").await, 503);
    server.start_again().unwrap();
    let sent = send_while(&service, &bob, 503).await;
    // What was charged before is on its disk.
    assert_eq!(send(&service, &alice, "second").await, 200);
    assert_eq!(send(&service, &alice, "third").await, 200);
    assert_eq!(send(&service, &alice, "over").await, 429);

    let recorded = service.finish().await.sent(&[alice, bob]);
    let records = recorded.complies(6 + sent);
    let down = find(&records, "down-1");
    assert_eq!(down.event, EventName::TokenRejected);
    assert_eq!(down.reason, Some(Reason::BackendUnavailable));
    let steps = down.steps.unwrap().to_string();
    assert!(
        steps.ends_with(" revocation:backend_unavailable"),
        "{steps}"
    );
}

#[actix_web::test]
async fn limits_are_local_while_redis_is_down_and_shared_again_when_it_is_back() {
    let Some(mut server) = server() else { return };
    let mut setup = setup(&server);
    // Sessions in memory, so that only the limits miss Redis.
    setup.state = Setup::default().state;
    setup.options = jwtrail_actix::JwtAuthBuilder::local_limits_when_shared_are_down;
    let service = Service::start(&setup);
    let of = |subject: &str| service.forge.token().subject(subject).sign();
    let (alice, bob) = (of("alice"), of("bob"));
    assert_eq!(send(&service, &alice, "up").await, 200);
    server.kill().unwrap();
    for (id, status) in [("l-1", 200), ("l-2", 200), ("l-3", 200), ("l-4", 429)] {
        assert_eq!(send(&service, &alice, id).await, status, "{id}");
    }
    server.start_again().unwrap();
    // Over its local limit, and not over the shared one.
    let sent = send_while(&service, &alice, 429).await;
    assert_eq!(send(&service, &bob, "bob").await, 200);
    let recorded = service.finish().await.sent(&[alice, bob]);
    let records = recorded.complies(6 + sent);
    let told = records
        .iter()
        .filter(|record| record.event == EventName::LimitsDegraded);
    let told: Vec<_> = told.map(|record| record.outcome).collect();
    assert_eq!(told, [Outcome::Failure, Outcome::Success]);
}

#[actix_web::test]
async fn what_one_service_revokes_another_refuses_at_once() {
    let Some(server) = server() else { return };
    let (one, other) = (
        Service::start(&setup(&server)),
        Service::start(&setup(&server)),
    );
    let login = Call::post("/login", "text/plain", "right").id("login");
    let tokens = login.send(one.address).await.json();
    let token = |name: &str| SecretToken::new(tokens[name].as_str().unwrap().to_owned());
    let (access, refresh) = (token("access_token"), token("refresh_token"));
    assert_eq!(send(&other, &access, "before").await, 200);
    let body = format!("token={}", refresh.expose());
    let revoke = Call::post("/revoke", "application/x-www-form-urlencoded", &body);
    assert_eq!(revoke.id("revoke").send(one.address).await.status(), 200);
    assert_eq!(send(&other, &access, "after").await, 401);
    let sent = [access, refresh];
    one.finish().await.sent(&sent).complies(0);
    let recorded = other.finish().await.sent(&sent);
    let records = recorded.complies(2);
    assert_eq!(find(&records, "after").reason, Some(Reason::Revoked));
}

#[actix_web::test]
async fn a_proof_that_one_service_has_taken_is_a_replay_at_the_other_and_none_is_taken_unnoted() {
    let Some(mut server) = server() else { return };
    // Only proofs are in Redis.
    let taking_proofs = || {
        let proofs = Arc::new(RedisProofs::new(&connect(&server), KEY).unwrap());
        let dpop = Dpop::at("https://orders.example").proofs(proofs);
        Service::start_with(&Setup::default(), |options| options.dpop(dpop))
    };
    let (one, other) = (taking_proofs(), taking_proofs());
    let token = one.forge.token().bound_to_client().sign();
    let proof = || one.forge.proof(&token).sign();
    let (shared, unnoted) = (proof(), proof());
    let send = async |service: &Service, proof: &SecretToken, id: &str| {
        let call = Call::get("/orders/7").dpop(&token, proof).id(id);
        call.send(service.address).await.status()
    };
    assert_eq!(send(&one, &shared, "first").await, 200);
    assert_eq!(send(&other, &shared, "again").await, 401);
    server.kill().unwrap();
    assert_eq!(send(&other, &unnoted, "down").await, 503);

    let sent = [token, shared, unnoted];
    one.finish().await.sent(&sent).complies(1);
    let recorded = other.finish().await.sent(&sent);
    let records = recorded.complies(2);
    assert_eq!(find(&records, "again").reason, Some(Reason::ProofReplayed));
    let down = find(&records, "down");
    assert_eq!(down.event, EventName::TokenRejected);
    assert_eq!(down.reason, Some(Reason::BackendUnavailable));
    let steps = down.steps.unwrap().to_string();
    assert!(steps.ends_with(" binding:backend_unavailable"), "{steps}");
}

#[test]
fn redis_in_clear_is_on_record_once_for_all_that_is_there() {
    let redis = |address: &str| {
        let redis = Redis::builder(address).dangerous_plaintext();
        redis.build().unwrap()
    };
    // Another machine by its looks, and nobody but this one.
    let clear = redis("redis://:hunter2@[::ffff:127.0.0.1]:1");
    // Allowed, and yet nobody is on the way.
    let own = redis("redis://:hunter2@127.0.0.1:1");
    let options = |limits: &Redis, proofs: &Redis| {
        let capture = Capture::default();
        let trail = Trail::builder("orders-api").sink(capture.sink());
        let trail = trail.start().unwrap();
        let forge = Forge::new(Timestamp::from_seconds(0));
        let keys = KeySet::from_jwks(forge.jwks()).unwrap();
        let limits = Limits::builder()
            .per_subject(Quota::per_hour(3))
            .shared(Arc::new(RedisLimits::new(limits)), [5; 32])
            .build();
        let proofs = Arc::new(RedisProofs::new(proofs, [5; 32]).unwrap());
        let auth = JwtAuth::builder()
            .issuer(forge.issuer(), keys)
            .audience("orders-api")
            .audit(&trail)
            .limits(Arc::new(limits.unwrap()))
            .dpop(Dpop::at("https://orders.example").proofs(proofs))
            .build()
            .unwrap();
        drop((auth, trail));
        let records = capture.records().into_iter();
        let told = records.filter(|record| record.event == EventName::ConfigUnsafe);
        told.filter(|record| record.line.contains("\"option\":\"dangerous_plaintext\""))
            .count()
    };
    assert_eq!(options(&own, &own), 0);
    assert_eq!(options(&clear, &own), 1);
    assert_eq!(options(&own, &clear), 1);
    assert_eq!(options(&clear, &clear), 1);
}
