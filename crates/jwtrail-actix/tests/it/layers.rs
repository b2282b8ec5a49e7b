//! One record for each request, however many layers look at it.

use jwtrail_event::{Authz, CacheUse, EventName, Exit, Outcome, Reason, Step, Trust};

use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn nested_layers_and_a_scope_leave_one_record() {
    let service = Service::start(&Setup::default());
    let good = service.forge.token().sign();
    let other = service.forge.token().scope("orders:write").sign();
    let call = |token, id| Call::get("/nested/twice").bearer(token).id(id);
    assert_eq!(
        call(&good, "granted").send(service.address).await.status(),
        200
    );
    assert_eq!(
        call(&other, "denied").send(service.address).await.status(),
        403
    );
    let recorded = service.finish().await.sent(&[good, other]);
    let records = recorded.complies(2);

    let granted = find(&records, "granted");
    assert_eq!(granted.event, EventName::TokenAccepted);
    assert_eq!(granted.authz, Some(Authz::Granted));
    assert_eq!(granted.cache, Some(CacheUse::Miss));
    let steps = granted.steps.unwrap().to_string();
    assert_eq!(
        steps,
        "parse:ok header:ok key:ok signature:ok claims:ok revocation:ok scope:ok"
    );
    assert_eq!(text(granted.required_scope.as_ref()), "orders:read");

    let denied = find(&records, "denied");
    assert_eq!(denied.event, EventName::AccessDenied);
    assert_eq!(text(denied.missing_scope.as_ref()), "orders:read");
    assert_eq!(text(denied.token_scope.as_ref()), "orders:write");
}

#[actix_web::test]
async fn a_scope_alone_owns_the_record() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let call = Call::get("/alone/7").id("alone");
    assert_eq!(
        call.clone()
            .bearer(&token)
            .send(service.address)
            .await
            .status(),
        200
    );
    assert_eq!(
        call.clone().id("x").send(service.address).await.status(),
        401
    );
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(2);
    let record = find(&records, "alone");
    assert_eq!(text(record.route.as_ref()), "/alone/{id}");
    assert_eq!(record.authz, Some(Authz::Granted));
}

#[actix_web::test]
async fn an_optional_token_may_be_absent_and_not_bad() {
    let service = Service::start(&Setup::default());
    let good = service.forge.token().sign();
    let bad = service.forge.token().signed_by_stranger().sign();
    let maybe = |id| Call::get("/optional/maybe").id(id);
    let nobody = maybe("nobody").send(service.address).await;
    assert_eq!((nobody.status(), nobody.body()), (200, "nobody".to_owned()));
    let somebody = maybe("somebody").bearer(&good).send(service.address).await;
    assert_eq!(
        (somebody.status(), somebody.body()),
        (200, "somebody".to_owned())
    );
    let refused = maybe("refused").bearer(&bad).send(service.address).await;
    assert_eq!(refused.status(), 401);
    let demanded = Call::get("/optional/always").id("demanded");
    let demanded = demanded.send(service.address).await;
    assert_eq!(demanded.status(), 401);
    assert_eq!(
        demanded.header("www-authenticate").as_deref(),
        Some("Bearer realm=\"orders\"")
    );

    let answers = [nobody, somebody, refused, demanded];
    let recorded = service.finish().await.sent(&[good, bad]).answered(&answers);
    let records = recorded.complies(4);
    let is = |id: &str| {
        let record = find(&records, id);
        (record.event, record.outcome, record.reason)
    };
    assert_eq!(
        is("nobody"),
        (EventName::TokenMissing, Outcome::Success, None)
    );
    assert_eq!(
        is("somebody"),
        (EventName::TokenAccepted, Outcome::Success, None)
    );
    let bad = (
        EventName::TokenRejected,
        Outcome::Failure,
        Some(Reason::BadSignature),
    );
    assert_eq!(is("refused"), bad);
    let missing = (
        EventName::TokenMissing,
        Outcome::Failure,
        Some(Reason::Missing),
    );
    assert_eq!(is("demanded"), missing);
}

#[actix_web::test]
async fn claims_that_the_handler_does_not_know_are_refused_and_recorded() {
    let service = Service::start(&Setup::default());
    let right = service.forge.token().claim("tenant", "blue").sign();
    let wrong = service.forge.token().claim("tenant", 7).sign();
    let call = |token, id| Call::get("/tenant").bearer(token).id(id);
    let taken = call(&right, "right").send(service.address).await;
    assert_eq!((taken.status(), taken.body()), (200, "blue".to_owned()));
    let refused = call(&wrong, "wrong").send(service.address).await;
    assert_eq!(
        (refused.status(), refused.body()),
        (401, r#"{"error":"invalid_token"}"#.to_owned())
    );

    let recorded = service
        .finish()
        .await
        .sent(&[right, wrong])
        .answered(&[taken, refused]);
    let records = recorded.complies(2);
    let record = find(&records, "wrong");
    assert_eq!(record.event, EventName::TokenRejected);
    assert_eq!(
        (record.reason, record.trust),
        (Some(Reason::BadClaimType), Trust::Signed)
    );
    assert_eq!(
        record.steps.unwrap().failure(),
        Some((Step::Claims, Reason::BadClaimType))
    );
}

#[actix_web::test]
async fn a_handler_without_protection_answers_nobody() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let answer = Call::get("/unprotected")
        .bearer(&token)
        .send(service.address)
        .await;
    assert_eq!(
        (answer.status(), answer.body()),
        (500, r#"{"error":"server_error"}"#.to_owned())
    );
    service
        .finish()
        .await
        .sent(&[token])
        .answered(&[answer])
        .complies(0);
}

#[actix_web::test]
async fn what_was_verified_once_is_known_and_still_checked() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().expires_in(60).sign();
    let call = |id| Call::get("/orders/7").bearer(&token).id(id);
    assert_eq!(call("first").send(service.address).await.status(), 200);
    assert_eq!(call("second").send(service.address).await.status(), 200);
    service.clock.advance_seconds(121);
    assert_eq!(call("expired").send(service.address).await.status(), 401);
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(3);
    let cache = |id: &str| find(&records, id).cache;
    assert_eq!(cache("first"), Some(CacheUse::Miss));
    assert_eq!(cache("second"), Some(CacheUse::Hit));
    let expired = find(&records, "expired");
    assert_eq!(
        (expired.reason, expired.trust),
        (Some(Reason::Expired), Trust::Signed)
    );
    assert_eq!(expired.exit, Some(Exit::Responded));
}

fn text<'r>(field: Option<&'r jwtrail_event::Text<'r>>) -> &'r str {
    field.map(jwtrail_event::Text::as_str).unwrap_or_default()
}
