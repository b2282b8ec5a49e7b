//! The endpoints of RFC 6749 section 6 and RFC 7009, line by line.

mod credentials;

use std::sync::Arc;

use base64::Engine as _;
use jwtrail_actix::{ClientCredentials, ClientRefusal, Clients};
use jwtrail_event::{EventName, Reason, Record, SecretToken};
use jwtrail_session::{Answer as Answered, Limits, Quota};

use crate::client::{Answer, Call};
use crate::server::{Service, Setup, find};
use crate::states::Broken;

const FORM: &str = "application/x-www-form-urlencoded";

/// `web` has a secret, `app` has none, and of `slow` nobody knows anything.
#[derive(Debug)]
struct Known;

impl Clients for Known {
    fn authenticate<'a>(
        &'a self,
        client: ClientCredentials<'a>,
    ) -> Answered<'a, Result<(), ClientRefusal>> {
        let secret = client.secret.map(SecretToken::expose);
        Answered::Ready(match (client.id, secret) {
            ("web", Some("s3cret")) | ("app", None) => Ok(()),
            ("slow", _) => Err(ClientRefusal::Unavailable),
            _ => Err(ClientRefusal::Unknown),
        })
    }
}

fn with_clients() -> Setup {
    Setup {
        clients: Some(Arc::new(Known)),
        ..Setup::default()
    }
}

struct Session {
    access: SecretToken,
    refresh: SecretToken,
}

/// Logs alice in through the client `web`.
async fn log_in(service: &Service) -> Session {
    let call = Call::post("/login", "text/plain", "right").id("login");
    let tokens = call.send(service.address).await.json();
    let token = |name: &str| SecretToken::new(tokens[name].as_str().unwrap().to_owned());
    Session {
        access: token("access_token"),
        refresh: token("refresh_token"),
    }
}

async fn post(service: &Service, path: &str, body: &str, basic: Option<&str>, id: &str) -> Answer {
    let mut call = Call::post(path, FORM, body).id(id);
    if let Some(basic) = basic {
        let encoded = base64::engine::general_purpose::STANDARD.encode(basic);
        call = call.header("authorization", format!("Basic {encoded}"));
    }
    call.send(service.address).await
}

fn refresh_of(session: &Session) -> String {
    format!(
        "grant_type=refresh_token&refresh_token={}",
        session.refresh.expose()
    )
}

fn revoke_of(token: &SecretToken) -> String {
    format!("token={}", token.expose())
}

async fn is_accepted(service: &Service, token: &SecretToken, id: &str) -> bool {
    let call = Call::get("/orders/7").bearer(token).id(id);
    call.send(service.address).await.status() == 200
}

fn error(answer: &Answer) -> (u16, String) {
    let error = answer.json()["error"].as_str().unwrap().to_owned();
    (answer.status(), error)
}

fn targets(records: &[Record<'_>]) -> Vec<String> {
    let revoked = records
        .iter()
        .filter(|record| record.event == EventName::TokenRevoked);
    let target = |record: &Record<'_>| record.target.as_ref().unwrap().as_str().to_owned();
    revoked
        .map(|record| target(record).split(':').next().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn rfc_7009_2_1_a_client_revokes_its_own_tokens_only() {
    let service = Service::start(&with_clients());
    let session = log_in(&service).await;
    for (id, token) in [("refresh", &session.refresh), ("access", &session.access)] {
        let body = format!("{}&client_id=app", revoke_of(token));
        let answer = post(&service, "/revoke", &body, None, id).await;
        assert_eq!(error(&answer), (400, "invalid_grant".to_owned()));
    }
    let unknown = post(
        &service,
        "/revoke",
        &revoke_of(&session.refresh),
        Some("web:x"),
        "x",
    )
    .await;
    assert_eq!(error(&unknown), (401, "invalid_client".to_owned()));
    assert!(is_accepted(&service, &session.access, "still").await);
    let own = post(
        &service,
        "/revoke",
        &revoke_of(&session.refresh),
        Some("web:s3cret"),
        "own",
    )
    .await;
    assert_eq!(own.status(), 200);
    assert!(!is_accepted(&service, &session.access, "ended").await);

    let recorded = service
        .finish()
        .await
        .sent(&[session.access, session.refresh]);
    let records = recorded.complies(2);
    let refused = find(&records, "refresh");
    assert_eq!(refused.event, EventName::RefreshRefused);
    assert_eq!(refused.reason, Some(Reason::RefreshClientMismatch));
    assert_eq!(find(&records, "x").event, EventName::LoginFailed);
    assert_eq!(targets(&records), ["family"]);
}

#[actix_web::test]
async fn rfc_7009_2_1_a_revoked_refresh_token_ends_its_family_and_an_access_token_itself() {
    let service = Service::start(&Setup::default());
    let (one, other) = (log_in(&service).await, log_in(&service).await);
    let hinted = format!("{}&token_type_hint=access_token", revoke_of(&one.refresh));
    assert_eq!(
        post(&service, "/revoke", &hinted, None, "r").await.status(),
        200
    );
    assert!(!is_accepted(&service, &one.access, "one").await);
    assert!(is_accepted(&service, &other.access, "other").await);
    let access = revoke_of(&other.access);
    assert_eq!(
        post(&service, "/revoke", &access, None, "a").await.status(),
        200
    );
    assert!(!is_accepted(&service, &other.access, "revoked").await);
    let sent = [one.access, one.refresh, other.access, other.refresh];
    let recorded = service.finish().await.sent(&sent);
    let records = recorded.complies(3);
    assert_eq!(targets(&records), ["family", "token", "family"]);
}

#[actix_web::test]
async fn rfc_7009_2_2_what_is_no_token_is_answered_like_one() {
    let service = Service::start(&Setup::default());
    let session = log_in(&service).await;
    let expired = service.forge.token().expires_in(-600).sign();
    let real = post(
        &service,
        "/revoke",
        &revoke_of(&session.refresh),
        None,
        "real",
    )
    .await;
    for (id, token) in [
        ("guess", "guess"),
        ("expired", expired.expose()),
        ("again", session.refresh.expose()),
    ] {
        let answer = post(&service, "/revoke", &format!("token={token}"), None, id).await;
        assert_eq!((answer.status(), answer.body()), (200, real.body()), "{id}");
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    }
    for (id, body) in [("none", ""), ("two", "token=a&token=b")] {
        let answer = post(&service, "/revoke", body, None, id).await;
        assert_eq!(error(&answer), (400, "invalid_request".to_owned()), "{id}");
    }
    let large = format!("token={}", "a".repeat(17 * 1024));
    let answer = post(&service, "/revoke", &large, None, "large").await;
    assert_eq!(error(&answer), (400, "invalid_request".to_owned()));
    service
        .finish()
        .await
        .sent(&[session.access, session.refresh, expired])
        .complies(0);
}

#[actix_web::test]
async fn rfc_7009_2_2_1_a_state_that_does_not_answer_is_503_and_when_to_come_again() {
    let service = Service::start(&Setup {
        state: Arc::new(Broken::default()),
        ..Setup::default()
    });
    // A refresh token of this service: the key and the form are the same everywhere.
    let elsewhere = Service::start(&Setup::default());
    let session = log_in(&elsewhere).await;
    let answer = post(
        &service,
        "/revoke",
        &revoke_of(&session.refresh),
        None,
        "down",
    )
    .await;
    assert_eq!(error(&answer), (503, "temporarily_unavailable".to_owned()));
    assert_eq!(answer.header("retry-after").as_deref(), Some("1"));
    elsewhere.finish().await.complies(0);
    service.finish().await.complies(0);
}

#[actix_web::test]
async fn one_subject_refreshes_only_so_often_and_keeps_its_session() {
    let limits = Limits::builder().refreshes_per_subject(Quota::per_minute(60).burst(1));
    let service = Service::start(&Setup {
        limits: Some(Arc::new(limits.build().unwrap())),
        ..Setup::default()
    });
    let session = log_in(&service).await;
    let first = format!("{}&client_id=web", refresh_of(&session));
    let rotated = post(&service, "/token", &first, None, "first").await;
    assert_eq!(rotated.status(), 200);
    let next = SecretToken::new(rotated.json()["refresh_token"].as_str().unwrap().to_owned());
    let second = format!(
        "grant_type=refresh_token&client_id=web&refresh_token={}",
        next.expose()
    );
    let limited = post(&service, "/token", &second, None, "limited").await;
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.header("retry-after").as_deref(), Some("1"));
    let policy = limited.header("ratelimit-policy");
    assert_eq!(policy.as_deref(), Some("\"refreshes\";q=60;w=60"));
    // The limited one has moved nothing on.
    service.clock.advance_seconds(60);
    let later = post(&service, "/token", &second, None, "later").await;
    assert_eq!(later.status(), 200);

    let recorded = service
        .finish()
        .await
        .sent(&[session.access, session.refresh, next]);
    let records = recorded.complies(0);
    let limited = find(&records, "limited");
    assert_eq!(limited.event, EventName::RefreshRefused);
    assert_eq!(limited.reason, Some(Reason::RateLimited));
    assert_eq!(limited.token_sub.as_ref().unwrap().as_str(), "alice");
    assert_eq!(find(&records, "later").event, EventName::TokenRefreshed);
}

#[actix_web::test]
async fn an_operator_revokes_what_a_subject_had_before_a_moment() {
    let service = Service::start(&Setup::default());
    let old = log_in(&service).await;
    service.clock.advance_seconds(100);
    let new = log_in(&service).await;
    let call = Call::post("/revoke-before", "text/plain", "-50").id("operator");
    assert_eq!(call.send(service.address).await.status(), 204);
    assert!(!is_accepted(&service, &old.access, "old").await);
    assert!(is_accepted(&service, &new.access, "new").await);
    let body = format!("{}&client_id=web", refresh_of(&old));
    assert_eq!(
        post(&service, "/token", &body, None, "old-refresh")
            .await
            .status(),
        400
    );
    let body = format!("{}&client_id=web", refresh_of(&new));
    assert_eq!(
        post(&service, "/token", &body, None, "new-refresh")
            .await
            .status(),
        200
    );

    let sent = [old.access, old.refresh, new.access, new.refresh];
    let recorded = service.finish().await.sent(&sent);
    let records = recorded.complies(2);
    let revoked = find(&records, "operator");
    assert_eq!(revoked.event, EventName::TokenRevoked);
    assert_eq!(revoked.actor.as_ref().unwrap().as_str(), "operator");
    assert_eq!(revoked.target.as_ref().unwrap().as_str(), "subject:alice");
    assert_eq!(find(&records, "old-refresh").reason, Some(Reason::Revoked));
}
