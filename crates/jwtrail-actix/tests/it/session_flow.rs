//! Login, refresh, reuse, logout over HTTP, and what they leave.

use jwtrail_event::{EventName, Reason, SecretToken, Trust};

use crate::client::{Answer, Call};
use crate::server::{OWN_ISSUER, Service, Setup, find};

const FORM: &str = "application/x-www-form-urlencoded";

struct Tokens {
    access: SecretToken,
    refresh: SecretToken,
}

#[actix_web::test]
async fn a_session_from_login_to_reuse() {
    let service = Service::start(&Setup::default());
    let first = tokens(&login(&service, "login").await);
    let call = |token, id| Call::get("/orders/7").bearer(token).id(id);
    assert_eq!(
        call(&first.access, "use")
            .send(service.address)
            .await
            .status(),
        200
    );

    let refreshed = refresh(&service, &first.refresh, "web", "rotate").await;
    let second = tokens(&refreshed);
    let again = tokens(&refresh(&service, &first.refresh, "web", "replay").await);
    assert_eq!(again.refresh.expose(), second.refresh.expose());

    service.clock.advance_seconds(11);
    let reused = refresh(&service, &first.refresh, "web", "reuse").await;
    assert_eq!(
        (reused.status(), reused.body()),
        (400, r#"{"error":"invalid_grant"}"#.to_owned())
    );
    let revoked = call(&second.access, "revoked").send(service.address).await;
    assert_eq!(revoked.status(), 401);

    let all = [first, second, again]
        .map(|tokens| [tokens.access, tokens.refresh])
        .concat();
    let recorded = service.finish().await.sent(&all);
    let records = recorded.complies(2);
    let event = |id: &str| find(&records, id).event;
    assert_eq!(event("use"), EventName::TokenAccepted);
    assert_eq!(event("rotate"), EventName::TokenRefreshed);
    assert_eq!(event("replay"), EventName::RefreshReplayed);
    assert_eq!(event("reuse"), EventName::RefreshReused);
    assert_eq!(find(&records, "revoked").reason, Some(Reason::Revoked));
    let names: Vec<_> = records
        .iter()
        .filter(|record| record.correlation_id.as_str() == "login")
        .map(|record| record.event)
        .collect();
    assert_eq!(names, [EventName::LoginSucceeded, EventName::TokenIssued]);

    let (rotate, issued) = (find(&records, "rotate"), &records[..]);
    let issued = issued
        .iter()
        .find(|r| r.event == EventName::TokenIssued)
        .unwrap();
    assert_eq!(rotate.previous_jti, issued.token_jti);
    assert_eq!(rotate.refresh_family, issued.refresh_family);
    assert_eq!(rotate.refresh_generation, Some(2));
    let reuse = find(&records, "reuse");
    assert_eq!(
        (reuse.trust, reuse.token_sub.as_ref().unwrap().as_str()),
        (Trust::Signed, "alice")
    );
    assert_eq!(reuse.token_iss.as_ref().unwrap().as_str(), OWN_ISSUER);
}

#[actix_web::test]
async fn a_logout_ends_the_family() {
    let service = Service::start(&Setup::default());
    let tokens = tokens(&login(&service, "login").await);
    let logout = Call::get("/logout")
        .posted()
        .bearer(&tokens.access)
        .id("logout");
    assert_eq!(logout.send(service.address).await.status(), 204);
    let used = Call::get("/orders/7").bearer(&tokens.access).id("after");
    assert_eq!(used.send(service.address).await.status(), 401);
    let refused = refresh(&service, &tokens.refresh, "web", "refused").await;
    assert_eq!(refused.status(), 400);
    let sent = [tokens.access, tokens.refresh];
    let recorded = service.finish().await.sent(&sent);
    let records = recorded.complies(2);
    let revoked: Vec<_> = records
        .iter()
        .filter(|record| record.event == EventName::TokenRevoked)
        .map(|record| {
            record
                .target
                .as_ref()
                .unwrap()
                .as_str()
                .split(':')
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(revoked, ["token", "family"]);
    assert_eq!(find(&records, "refused").event, EventName::RefreshRefused);
}

#[actix_web::test]
async fn a_revocation_tells_nobody_whether_there_was_a_token() {
    let service = Service::start(&Setup::default());
    let tokens = tokens(&login(&service, "login").await);
    let revoke = |token: &str| Call::post("/revoke", FORM, &format!("token={token}"));
    let real = revoke(tokens.refresh.expose()).send(service.address).await;
    let guess = revoke("guess").send(service.address).await;
    assert_eq!((real.status(), real.body()), (guess.status(), guess.body()));
    assert_eq!(real.status(), 200);
    let refused = refresh(&service, &tokens.refresh, "web", "refused").await;
    assert_eq!(refused.status(), 400);
    let sent = [tokens.access, tokens.refresh];
    let recorded = service
        .finish()
        .await
        .sent(&sent)
        .answered(&[real, guess, refused]);
    recorded.complies(0);
}

#[actix_web::test]
async fn a_request_for_tokens_that_is_none_is_answered_as_the_rfc_says() {
    let service = Service::start(&Setup::default());
    for (content_type, body, error) in [
        (
            FORM,
            "grant_type=password&refresh_token=x&client_id=web",
            "unsupported_grant_type",
        ),
        (
            FORM,
            "grant_type=refresh_token&client_id=web",
            "invalid_request",
        ),
        (FORM, "refresh_token=a&refresh_token=b", "invalid_request"),
        (
            "text/plain",
            "grant_type=refresh_token&refresh_token=x&client_id=web",
            "invalid_request",
        ),
        ("application/json", "{", "invalid_request"),
        (
            "application/json",
            r#"{"grant_type":"refresh_token","refresh_token":"x","client_id":"web"}"#,
            "invalid_grant",
        ),
    ] {
        let answer = Call::post("/token", content_type, body)
            .send(service.address)
            .await;
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.json()["error"], error, "{body}");
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    }
    let recorded = service.finish().await;
    let records = recorded.complies(0);
    let refused = records
        .iter()
        .filter(|r| r.event == EventName::RefreshRefused);
    assert_eq!(refused.count(), 6);
}

async fn login(service: &Service, id: &str) -> Answer {
    let call = Call::post("/login", "text/plain", "right").id(id);
    call.send(service.address).await
}

async fn refresh(service: &Service, token: &SecretToken, client: &str, id: &str) -> Answer {
    let token = token.expose();
    let body = format!("grant_type=refresh_token&client_id={client}&refresh_token={token}");
    let call = Call::post("/token", FORM, &body).id(id);
    call.send(service.address).await
}

fn tokens(answer: &Answer) -> Tokens {
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    let json = answer.json();
    assert_eq!(json["token_type"], "Bearer");
    let token = |name: &str| SecretToken::new(json[name].as_str().unwrap().to_owned());
    Tokens {
        access: token("access_token"),
        refresh: token("refresh_token"),
    }
}
