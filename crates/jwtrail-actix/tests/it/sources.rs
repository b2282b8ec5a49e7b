//! Where a token may come from, and what another site may do with it.

use jwtrail_actix::{JwtAuthBuilder, JwtAuthError};
use jwtrail_event::{EventName, Outcome, Reason, SecretToken, Trust};

use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn a_token_from_another_header_with_or_without_a_scheme() {
    let service = Service::start(&Setup {
        options: |auth| auth.header("X-Access-Token"),
        ..Setup::default()
    });
    let (token, other) = (service.forge.token().sign(), service.forge.token().sign());
    let scheme = format!("bearer {}", token.expose());
    let call = |id| Call::get("/orders/7").id(id);
    let mut answers = Vec::new();
    for (id, call, status) in [
        (
            "bare",
            call("bare").header("x-access-token", token.expose()),
            200,
        ),
        (
            "scheme",
            call("scheme").header("x-access-token", &scheme),
            200,
        ),
        ("usual", call("usual").bearer(&token), 200),
        ("empty", call("empty").header("x-access-token", ""), 400),
        (
            "two",
            call("two")
                .bearer(&other)
                .header("x-access-token", token.expose()),
            400,
        ),
    ] {
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), status, "{id}");
        answers.push(answer);
    }
    let recorded = service
        .finish()
        .await
        .sent(&[token, other])
        .answered(&answers);
    let records = recorded.complies(5);
    for id in ["empty", "two"] {
        assert_eq!(find(&records, id).reason, Some(Reason::MalformedHeader));
    }
}

#[actix_web::test]
async fn a_token_in_the_query_is_neither_taken_nor_written() {
    let service = Service::start(&Setup {
        options: |auth| auth.header("X-Access-Token").cookie("at"),
        ..Setup::default()
    });
    let (token, good) = (service.forge.token().sign(), service.forge.token().sign());
    let mut answers = Vec::new();
    for name in ["access_token", "token", "at", "X-Access-Token"] {
        let target = format!("/orders/7?{name}={}", token.expose());
        let alone = Call::get(&target).id(&format!("{name}-alone"));
        answers.push(alone.send(service.address).await);
        assert_eq!(answers.last().unwrap().status(), 401);
        let beside = Call::get(&target)
            .bearer(&good)
            .id(&format!("{name}-beside"));
        answers.push(beside.send(service.address).await);
        assert_eq!(answers.last().unwrap().status(), 200);
    }
    let recorded = service
        .finish()
        .await
        .sent(&[token, good])
        .answered(&answers);
    let records = recorded.complies(8);
    let record = find(&records, "access_token-alone");
    assert_eq!(
        (record.event, record.outcome, record.trust),
        (EventName::TokenMissing, Outcome::Failure, Trust::None)
    );
}

#[actix_web::test]
async fn another_site_changes_nothing_with_the_cookie() {
    let service = Service::start(&Setup {
        cookie: true,
        options: |auth| auth.cookie_origins(["https://shop.example"]),
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    let own = format!("http://{}", "test");
    let mut answers = Vec::new();
    for (id, headers, status) in [
        ("same", &[("sec-fetch-site", "same-origin")][..], 200),
        ("typed", &[("sec-fetch-site", "none")][..], 200),
        ("own", &[("origin", own.as_str())][..], 200),
        (
            "listed",
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://shop.example"),
            ][..],
            200,
        ),
        (
            "cross",
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://evil.example"),
            ][..],
            403,
        ),
        (
            "sibling",
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.test"),
            ][..],
            403,
        ),
        (
            "unknown",
            &[("sec-fetch-site", "everywhere"), ("origin", own.as_str())][..],
            403,
        ),
        ("evil", &[("origin", "https://evil.example")][..], 403),
        ("null", &[("origin", "null")][..], 403),
        ("longer", &[("origin", "http://test.evil.example")][..], 403),
        ("nothing", &[][..], 403),
    ] {
        let cookie = format!("{}={}", service.forge.cookie_name(), token.expose());
        let mut call = Call::post("/upload", "text/plain", "x")
            .id(id)
            .header("cookie", cookie);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), status, "{id}");
        answers.push(answer);
    }
    // What changes nothing, and what no other site can make a browser send.
    let cookie = format!("{}={}", service.forge.cookie_name(), token.expose());
    let get = Call::get("/orders/7").id("get").header("cookie", cookie);
    let get = get.header("sec-fetch-site", "cross-site");
    answers.push(get.send(service.address).await);
    let header = Call::post("/upload", "text/plain", "x").id("header");
    let header = header.bearer(&token).header("sec-fetch-site", "cross-site");
    answers.push(header.send(service.address).await);
    assert_eq!((answers[11].status(), answers[12].status()), (200, 200));

    let recorded = service.finish().await.sent(&[token]).answered(&answers);
    let records = recorded.complies(13);
    for id in [
        "cross", "sibling", "unknown", "evil", "null", "longer", "nothing",
    ] {
        let record = find(&records, id);
        assert_eq!(
            (record.event, record.reason, record.trust),
            (
                EventName::AccessDenied,
                Some(Reason::PolicyDenied),
                Trust::Verified
            ),
            "{id}"
        );
        assert_eq!(record.origin.is_some(), id != "nothing");
    }
}

#[actix_web::test]
async fn any_site_is_let_in_only_dangerously() {
    let service = Service::start(&Setup {
        cookie: true,
        options: JwtAuthBuilder::dangerous_any_site,
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    let cookie = format!("{}={}", service.forge.cookie_name(), token.expose());
    let call = Call::post("/upload", "text/plain", "x").header("cookie", cookie);
    let call = call.header("sec-fetch-site", "cross-site");
    assert_eq!(call.send(service.address).await.status(), 200);
    let recorded = service.finish().await.sent(&[token]);
    let records = recorded.complies(1);
    let mut options = records.iter().filter_map(|record| record.option.as_ref());
    assert_eq!(options.next().unwrap().as_str(), "dangerous_any_site");
}

#[actix_web::test]
async fn where_no_token_can_come_from_is_refused_when_it_is_built() {
    let service = Service::start(&Setup::default());
    let options = || {
        let verifier = std::sync::Arc::clone(service.auth.verifier());
        jwtrail_actix::JwtAuth::with_verifier(verifier, &service.trail)
    };
    for name in ["", "two words", "authorization", "Cookie", "a:b"] {
        let error = options().header(name).build().unwrap_err();
        assert!(matches!(error, JwtAuthError::HeaderName { .. }), "{name}");
    }
    for origin in [
        "",
        "shop.example",
        "https://",
        "https://shop.example/",
        "null",
        "*",
    ] {
        let error = options().cookie("at").cookie_origins([origin]).build();
        let error = error.unwrap_err();
        assert!(matches!(error, JwtAuthError::Origin { .. }), "{origin}");
    }
    assert!(options().header("X-Token").build().is_ok());
    service
        .finish()
        .await
        .sent(&[] as &[SecretToken])
        .complies(0);
}
