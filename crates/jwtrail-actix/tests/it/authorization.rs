//! What a handler asks of its token, beyond what the layers asked.

use jwtrail_actix::{AccessToken, AnyClaims, scope};
use jwtrail_event::{Authz, EventName, Reason, Record, Trust};

use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn a_handler_may_ask_for_a_nested_requirement() {
    let service = Service::start(&Setup::default());
    let of = |scope: &str| service.forge.token().scope(scope).sign();
    let (granted, denied) = (of("us reports"), of("eu us"));
    let call = |token, id| Call::get("/reports").bearer(token).id(id);
    let yes = call(&granted, "granted").send(service.address).await;
    assert_eq!((yes.status(), yes.body()), (200, "a report".to_owned()));
    let no = call(&denied, "denied").send(service.address).await;
    assert_eq!(
        (no.status(), no.body()),
        (403, r#"{"error":"insufficient_scope"}"#.to_owned())
    );
    assert_eq!(
        no.header("www-authenticate").as_deref(),
        Some("Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"reports (eu|us)\"")
    );

    let recorded = service.finish().await;
    let recorded = recorded.sent(&[granted, denied]).answered(&[yes, no]);
    let records = recorded.complies(2);
    let record = find(&records, "granted");
    assert_eq!(
        said(record),
        (EventName::TokenAccepted, None, Some(Authz::Granted))
    );
    assert_eq!(text(record.required_scope.as_ref()), "reports (eu|us)");
    let record = find(&records, "denied");
    let reason = Some(Reason::InsufficientScope);
    assert_eq!(
        said(record),
        (EventName::AccessDenied, reason, Some(Authz::Denied))
    );
    assert_eq!(text(record.required_scope.as_ref()), "reports (eu|us)");
    assert_eq!(text(record.missing_scope.as_ref()), "reports");
    assert_eq!(record.trust, Trust::Verified);
}

#[actix_web::test]
async fn scp_03_an_object_of_another_subject_is_denied_and_recorded() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().subject("alice").sign();
    let call = |target: &str, id| Call::get(target).bearer(&token).id(id);
    let mut answers = Vec::new();
    for (target, id, status) in [
        ("/objects/alice", "own", 200),
        ("/objects/bob", "others", 403),
        ("/hidden/bob", "hidden", 404),
    ] {
        let answer = call(target, id).send(service.address).await;
        assert_eq!(answer.status(), status);
        answers.push(answer);
    }
    // No scope would help, and nothing of the token is told.
    assert_eq!(answers[1].body(), r#"{"error":"insufficient_scope"}"#);
    let challenge = answers[1].header("www-authenticate");
    let expected = "Bearer realm=\"orders\", error=\"insufficient_scope\"";
    assert_eq!(challenge.as_deref(), Some(expected));
    assert!(!String::from_utf8_lossy(&answers[1].raw).contains("alice"));

    let recorded = service.finish().await.sent(&[token]).answered(&answers);
    let records = recorded.complies(3);
    let own = find(&records, "own");
    assert_eq!(
        said(own),
        (EventName::TokenAccepted, None, Some(Authz::Granted))
    );
    for (id, status) in [("others", 403), ("hidden", 404)] {
        let record = find(&records, id);
        let reason = Some(Reason::PolicyDenied);
        assert_eq!(
            said(record),
            (EventName::AccessDenied, reason, Some(Authz::Denied))
        );
        assert_eq!(text(record.object_type.as_ref()), "order");
        assert_eq!((record.status, record.enforced), (Some(status), Some(true)));
        let steps = record.steps.unwrap().to_string();
        assert!(steps.ends_with("scope:policy_denied"), "{steps}");
    }
}

#[actix_web::test]
async fn nobody_has_a_scope_without_a_token() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let call = |id| Call::get("/optional-scope/maybe").id(id);
    let nobody = call("nobody").send(service.address).await;
    assert_eq!(nobody.status(), 401);
    let somebody = call("somebody").bearer(&token).send(service.address).await;
    assert_eq!(somebody.status(), 200);
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(2);
    let reason = Some(Reason::Missing);
    assert_eq!(
        said(find(&records, "nobody")),
        (EventName::TokenMissing, reason, None)
    );
}

/// The same layer fits everywhere, and answers the same.
#[actix_web::test]
async fn a_requirement_wraps_an_app_a_scope_a_resource_and_a_route() {
    use actix_web::{App, HttpResponse, test, web};
    let service = Service::start(&Setup::default());
    let auth = service.auth.clone();
    let required = || auth.require(scope("a") & (scope("b") | scope("c")));
    let route = || web::get().to(HttpResponse::NoContent);
    let app = App::new().wrap(required()).route("/x", route());
    let app = test::init_service(app).await;
    let parts = App::new()
        .service(web::scope("/scope").wrap(required()).route("/x", route()))
        .service(web::resource("/resource").wrap(required()).route(route()))
        .route("/route", route().wrap(required()));
    let parts = test::init_service(parts).await;
    let mut sent = Vec::new();
    for (granted, status) in [("a c", 204), ("c b", 403), ("a", 403)] {
        let token = service.forge.token().scope(granted).sign();
        let ask = |path: &str| {
            let value = format!("Bearer {}", token.expose());
            let request = test::TestRequest::get().uri(path);
            request.insert_header(("authorization", value)).to_request()
        };
        assert_eq!(
            test::call_service(&app, ask("/x")).await.status(),
            status,
            "{granted}"
        );
        for path in ["/scope/x", "/resource", "/route"] {
            let answer = test::call_service(&parts, ask(path)).await;
            assert_eq!(answer.status(), status, "{path} {granted}");
        }
        sent.push(token);
    }
    service.finish().await.sent(&sent).complies(12);
}

#[test]
fn a_token_may_go_to_another_thread() {
    fn goes<T: Send + Sync + Clone>() {}
    goes::<AccessToken<AnyClaims>>();
}

fn said(record: &Record<'_>) -> (EventName, Option<Reason>, Option<Authz>) {
    (record.event, record.reason, record.authz)
}

fn text<'r>(field: Option<&'r jwtrail_event::Text<'r>>) -> &'r str {
    field.map(jwtrail_event::Text::as_str).unwrap_or_default()
}
