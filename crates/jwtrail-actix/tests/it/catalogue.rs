//! Every case of the catalogue against a listening server: the answer, the record, and no
//! token in anything that was written.

use std::collections::BTreeMap;
use std::sync::Arc;

use jwtrail_actix::{Dpop, QuarantineList};
use jwtrail_event::quarantine::{Hold, Kind, Target};
use jwtrail_event::{EventId, EventName, Reason, SecretToken, Timestamp};
use jwtrail_forge::{Case, Endpoint, Precondition, Presentation, catalogue};
use jwtrail_session::{Admission, Family, Grant, Limits, Quota, TokenId, WhenDown};
use jwtrail_testkit::assert_expected;
use tokio::sync::Notify;

use crate::client::{Answer, Call, reset};
use crate::logs::logs;
use crate::server::{Service, Setup, find, many_failures};
use crate::states::Broken;

#[actix_web::test]
async fn every_case_is_answered_and_recorded_as_it_must_be() {
    let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for case in catalogue() {
        let group = if case.precondition.is_stateful() {
            case.id.to_owned()
        } else {
            format!("{:?}", case.precondition)
        };
        groups.entry(group).or_default().push(case);
    }
    let mut cases = 0;
    for group in groups.values() {
        cases += group.len();
        run(group).await;
    }
    assert_eq!(cases, catalogue().count());
    assert!(cases > 100);
    // What is searched for tokens is not empty.
    let logged = String::from_utf8(logs().bytes()).unwrap();
    assert!(logged.contains("actix_server"), "nothing was logged");
}

async fn run(cases: &[&'static Case]) {
    let setup = setup(cases[0].precondition);
    let service = Service::start(&setup);
    let (mut answers, mut tokens, mut decisions) = (Vec::new(), Vec::new(), 0);
    for case in cases {
        if case.endpoint() == Endpoint::Protected {
            decisions += 1;
        }
        if case.precondition == Precondition::ProofUsed {
            decisions += 1;
        }
        let (call, sent) = arrange(case, &service, &setup).await;
        tokens.extend(sent);
        if case.precondition == Precondition::ClientGone {
            drop_while_waiting(&call, &service).await;
            continue;
        }
        let answer = call.send(service.address).await;
        check_answer(case, &answer);
        answers.push(answer);
    }
    let recorded = service.finish().await.answered(&answers).sent(&tokens);
    let records = recorded.complies(decisions);
    for case in cases {
        let id = request_id(case);
        let mut matching = records.iter().filter(|record| {
            record.correlation_id.as_str() == id && record.event == case.expect.event
        });
        let record = matching.next().unwrap_or_else(|| {
            panic!(
                "{}: no {}, but {:?}",
                case.id,
                case.expect.event,
                find(&records, &id)
            )
        });
        assert_expected(case, record);
        assert!(record.violations().is_empty());
    }
    assert_bodies_are_equal(cases, &answers);
}

fn setup(precondition: Precondition) -> Setup {
    let mut setup = Setup {
        hmac: precondition == Precondition::Hmac,
        keys_unavailable: precondition == Precondition::KeysUnavailable,
        own: false,
        legacy: precondition == Precondition::LegacyProfile,
        cookie: precondition == Precondition::Cookie,
        limits: Some(many_failures()),
        quarantine: Some(QuarantineList::new()),
        ..Setup::default()
    };
    match precondition {
        Precondition::BackendDown => setup.state = Arc::new(Broken::default()),
        Precondition::ClientGone => {
            setup.state = Arc::new(Broken {
                waits: Some(waits()),
            });
        }
        Precondition::Dpop | Precondition::ProofUsed => {
            setup.options = |options| options.dpop(Dpop::at(ORIGIN));
        }
        Precondition::DpopNonce => {
            setup.options = |options| options.dpop(Dpop::at(ORIGIN).asking_nonces());
        }
        Precondition::SubjectOverLimit => {
            let limits = Limits::builder().per_subject(Quota::per_minute(1));
            setup.limits = Some(Arc::new(limits.build().unwrap()));
        }
        _ => {}
    }
    setup
}

/// The store that the client-gone case waits for.
fn waits() -> Arc<Notify> {
    static WAITS: std::sync::OnceLock<Arc<Notify>> = std::sync::OnceLock::new();
    Arc::clone(WAITS.get_or_init(Arc::default))
}

async fn arrange(case: &Case, service: &Service, setup: &Setup) -> (Call, Vec<SecretToken>) {
    let now = service.forge.now();
    let sessions = &service.sessions;
    let grant = Grant::new("alice", "web").scope("orders:read");
    match case.precondition {
        Precondition::RefreshTokenIssued => {
            let issued = sessions.issue(grant, now).await.unwrap();
            let call = protected(case).bearer(&issued.refresh_token);
            return (call, vec![issued.refresh_token, issued.access.token]);
        }
        Precondition::RefreshTokenRotated => {
            let issued = sessions.issue(grant, now).await.unwrap();
            let first = issued.refresh_token;
            let next = sessions.refresh(first.expose(), "web", now).await.unwrap();
            service.clock.advance_seconds(11);
            return (refresh(case, &first), vec![first, next.refresh_token]);
        }
        Precondition::RefreshTokenOfAnotherClient => {
            let other = Grant::new("alice", "other");
            let issued = sessions.issue(other, now).await.unwrap();
            let token = issued.refresh_token;
            return (refresh(case, &token), vec![token]);
        }
        Precondition::WrongPassword => {
            let call = Call::post("/login", "text/plain", "wrong-password-of-the-test");
            let password = SecretToken::new("wrong-password-of-the-test".to_owned());
            return (call.id(&request_id(case)), vec![password]);
        }
        _ => {}
    }
    let presented = service.forge.present(case);
    let tokens = presented.tokens().to_vec();
    if let Some(token) = presented.refresh_token() {
        return (refresh(case, token), tokens);
    }
    if case.precondition == Precondition::SubjectOverLimit {
        use_up(setup.limits.as_ref().unwrap(), service, &tokens[0]);
    } else if case.precondition == Precondition::KeysUnavailable {
        crate::monitor_stub::within(service.recorded(EventName::KeysFailed)).await;
    } else if case.precondition.is_stateful() && case.precondition != Precondition::ProofUsed {
        revoke(case.precondition, service, &tokens[0]).await;
        quarantine(case.precondition, service, setup, &tokens[0]);
    }
    let mut call = match presented.query() {
        Some(query) => Call::get(&format!("/orders/7?{}", query.expose())),
        None => protected(case),
    };
    for value in presented.authorization() {
        call = call.header("authorization", value.expose());
    }
    for proof in presented.proofs() {
        call = call.header("dpop", proof.expose());
    }
    if let Some(cookie) = presented.cookie() {
        call = call.header("cookie", cookie.expose());
    }
    if presented.query().is_some() {
        call = call.id(&request_id(case));
    }
    if case.precondition == Precondition::ProofUsed {
        let answer = call.renamed("used-before").send(service.address).await;
        assert_eq!(answer.status(), 200, "{}", case.id);
    }
    (call, tokens)
}

/// The only request that the subject may send in a minute.
fn use_up(limits: &Limits, service: &Service, token: &SecretToken) {
    let now = service.forge.now();
    let verified = service.auth.verifier().verify(token.expose(), now).unwrap();
    let admission = limits.admit(&verified.token, || "", WhenDown::Refuse, now);
    let admitted = matches!(
        admission,
        jwtrail_session::Answer::Ready(Admission {
            verdict: Ok(()),
            ..
        })
    );
    assert!(admitted);
}

fn quarantine(precondition: Precondition, service: &Service, setup: &Setup, token: &SecretToken) {
    let now = service.forge.now();
    let verified = service.auth.verifier().verify(token.expose(), now).unwrap();
    let token = verified.token;
    let iss = token.iss().to_owned();
    let target = match precondition {
        Precondition::TokenQuarantined => Target::Token {
            iss,
            jti: token.jti().unwrap().to_owned(),
        },
        Precondition::FingerprintQuarantined => {
            assert_eq!(token.jti(), None);
            let fingerprint = token.fingerprint().as_str().to_owned();
            Target::Fingerprint { fingerprint }
        }
        Precondition::FamilyQuarantined => Target::Family {
            iss,
            family: token.family().unwrap().to_owned(),
        },
        Precondition::SubjectQuarantined => Target::Subject {
            iss,
            sub: token.sub().to_owned(),
            before: None,
        },
        _ => return,
    };
    setup.quarantine.as_ref().unwrap().replace(&[Hold {
        id: EventId::from_u128(1),
        kind: Kind::Quarantine,
        target,
        services: Vec::new(),
        until: now.plus_micros(60_000_000),
    }]);
}

async fn revoke(precondition: Precondition, service: &Service, token: &SecretToken) {
    let now = service.forge.now();
    let verified = service.auth.verifier().verify(token.expose(), now).unwrap();
    let token = verified.token;
    let (issuer, later) = (token.iss(), now.plus_micros(3_600_000_000));
    match precondition {
        Precondition::TokenRevoked => {
            let id = TokenId::Jti(token.jti().unwrap());
            service
                .sessions
                .revoke_token(issuer, id, now)
                .await
                .unwrap();
        }
        Precondition::FamilyRevoked => {
            let family = token.family().unwrap().parse().unwrap();
            let opened = service.state.open(family, opened(now), later, now);
            opened.await.unwrap();
            service.sessions.revoke_family(family, now).await.unwrap();
        }
        Precondition::SubjectRevoked => {
            let subject = token.sub();
            let revoked = service.sessions.revoke_subject(issuer, subject, now);
            revoked.await.unwrap();
        }
        _ => {}
    }
}

fn opened(now: Timestamp) -> Family {
    Family {
        subject: "alice".to_owned(),
        client_id: "web".to_owned(),
        scope: None,
        opened_at: now,
        expires_at: now.plus_micros(3_600_000_000),
        generation: 1,
        rotated_at: now,
        access_jti: 1,
        revoked: false,
    }
}

async fn drop_while_waiting(call: &Call, service: &Service) {
    let stream = call.start(service.address).await;
    crate::monitor_stub::within(waits().notified()).await;
    reset(stream);
    let trail = service.trail.clone();
    crate::monitor_stub::within(async move {
        while trail.counts().rejected == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn protected(case: &Case) -> Call {
    let target = match case.precondition {
        Precondition::ScopeRequired => "/alone/7",
        Precondition::ObjectOfAnother => "/objects/somebody-else",
        _ => "/orders/7",
    };
    Call::get(target).id(&request_id(case))
}

fn refresh(case: &Case, token: &SecretToken) -> Call {
    let body = format!(
        "grant_type=refresh_token&client_id=web&refresh_token={}",
        token.expose()
    );
    let form = "application/x-www-form-urlencoded";
    Call::post("/token", form, &body).id(&request_id(case))
}

fn request_id(case: &Case) -> String {
    case.id.replace('/', "_")
}

fn check_answer(case: &Case, answer: &Answer) {
    let id = case.id;
    assert_eq!(
        Some(answer.status()),
        case.expect.status,
        "{id}: {}",
        answer.body()
    );
    if case.endpoint() != Endpoint::Login {
        assert_eq!(
            answer.header("x-request-id"),
            Some(request_id(case)),
            "{id}"
        );
    }
    let challenges = answer.headers("www-authenticate");
    if !case.expect.challenge() {
        assert_eq!(challenges, [""; 0], "{id}");
        return;
    }
    let of_used = match case.expect.error {
        None => "Bearer realm=\"orders\"".to_owned(),
        Some("insufficient_scope") if case.expect.reason == Some(Reason::InsufficientScope) => {
            "Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"orders:read\""
                .to_owned()
        }
        Some(error) => format!("Bearer realm=\"orders\", error=\"{error}\""),
    };
    let takes_dpop = matches!(
        case.precondition,
        Precondition::Dpop | Precondition::DpopNonce | Precondition::ProofUsed
    );
    let algorithms = "algs=\"ES256 ES384 EdDSA PS256 RS256\"";
    let expected = match (takes_dpop, case.presentation) {
        (false, _) => vec![of_used],
        (true, Presentation::Dpop) => vec![
            "Bearer realm=\"orders\"".to_owned(),
            format!("{}, {algorithms}", of_used.replace("Bearer", "DPoP")),
        ],
        (true, _) => vec![of_used, format!("DPoP realm=\"orders\", {algorithms}")],
    };
    assert_eq!(challenges, expected, "{id}");
    assert_eq!(
        answer.header("cache-control").as_deref(),
        Some("no-store"),
        "{id}"
    );
}

/// One body for each class, whatever the reason.
fn assert_bodies_are_equal(cases: &[&'static Case], answers: &[Answer]) {
    let mut bodies: BTreeMap<(Option<u16>, Option<&str>), String> = BTreeMap::new();
    for (case, answer) in cases.iter().zip(answers) {
        if case.expect.reason.is_some() {
            let class = (case.expect.status, case.expect.error);
            let body = bodies.entry(class).or_insert_with(|| answer.body());
            assert_eq!(*body, answer.body(), "{}", case.id);
        }
    }
}

/// Under which the forge's resource stands.
const ORIGIN: &str = "https://orders.example";
