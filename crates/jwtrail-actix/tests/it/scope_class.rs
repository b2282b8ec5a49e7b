//! What the records call a scope by, and what is limited by it.

use jwtrail_actix::{JwtAuth, JwtAuthError};
use jwtrail_event::{EventName, Record, Trust};
use jwtrail_session::{Limits, Quota};

use crate::client::Call;
use crate::limits::{Visit, with};
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn a_record_names_the_first_class_of_the_scope_that_was_granted() {
    let service = Service::start(&Setup::default());
    let of = |scope: &str| service.forge.token().scope(scope);
    let admin = of("orders:read users:admin").sign();
    let expired = of("users:admin").expires_in(-3600).sign();
    let stranger = of("users:admin").signed_by_stranger().sign();
    let (reader, other) = (of("orders:read").sign(), of("users:admins").sign());
    let mut visit = Visit::default();
    for (id, token, status) in [
        ("admin", &admin, 200),
        ("again", &admin, 200),
        ("reader", &reader, 200),
        ("other", &other, 200),
        ("expired", &expired, 401),
        ("stranger", &stranger, 401),
    ] {
        assert_eq!(visit.send(&service, token, id).await, status, "{id}");
    }
    let login = Call::post("/login", "text/plain", "right").id("login");
    assert_eq!(login.send(service.address).await.status(), 200);

    let recorded = service.finish().await.sent(&visit.tokens);
    let records = recorded.complies(6);
    for (id, expected, trust) in [
        ("admin", Some("admin"), Trust::Verified),
        ("again", Some("admin"), Trust::Verified),
        ("reader", Some("reading"), Trust::Verified),
        ("other", None, Trust::Verified),
        ("expired", Some("admin"), Trust::Signed),
        ("stranger", None, Trust::None),
    ] {
        let record = find(&records, id);
        assert_eq!((class(record), record.trust), (expected, trust), "{id}");
    }
    let issued = records.iter().find(|r| r.event == EventName::TokenIssued);
    assert_eq!(class(issued.unwrap()), Some("reading"));
}

#[actix_web::test]
async fn a_limit_of_a_class_is_of_the_class_that_the_records_name() {
    let quota = Quota::per_minute(60).burst(1);
    let service = Service::start(&with(Limits::builder().scope_class("admin", quota)));
    let admin = service.forge.token().scope("orders:admin").sign();
    let reader = service.forge.token().scope("orders:read").sign();
    let mut visit = Visit::default();
    assert_eq!(visit.send(&service, &admin, "1").await, 200);
    assert_eq!(visit.send(&service, &admin, "2").await, 429);
    let policy = visit.answers[1].header("ratelimit-policy");
    assert_eq!(policy.as_deref(), Some("\"scope-class\";q=60;w=60"));
    assert_eq!(visit.send(&service, &reader, "3").await, 200);
    let recorded = service.finish().await.sent(&visit.tokens);
    let records = recorded.complies(3);
    let limited = find(&records, "2");
    assert_eq!(limited.event, EventName::RateExceeded);
    assert_eq!(class(limited), Some("admin"));
}

#[actix_web::test]
async fn a_limit_of_a_class_that_nobody_defined_is_refused_when_it_is_built() {
    let service = Service::start(&Setup::default());
    let limits = Limits::builder().scope_class("root", Quota::per_minute(1));
    let verifier = std::sync::Arc::clone(service.auth.verifier());
    let auth = JwtAuth::with_verifier(verifier, &service.trail)
        .limits(std::sync::Arc::new(limits.build().unwrap()));
    let error = auth.build().unwrap_err();
    assert!(matches!(error, JwtAuthError::ScopeClass { name } if name == "root"));
    service.finish().await.complies(0);
}

fn class<'r>(record: &'r Record<'r>) -> Option<&'r str> {
    record.scope_class.as_ref().map(|class| class.as_str())
}
