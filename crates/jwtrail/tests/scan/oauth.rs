use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_event::SecretToken;
use jwtrail_scan::{TokenGrant, TokenRequest, TokenRequestError};
use serde_json::json;

use crate::support::Server;

/// A token endpoint that knows one client, one user and one refresh token.
async fn endpoint(request: HttpRequest, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let field = |name: &str| {
        let found = form.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let basic = request.headers().get("authorization").is_some_and(|value| {
        // web:s3cret+&
        value.as_bytes() == b"Basic d2ViOnMzY3JldCsm"
    });
    let known = match field("grant_type") {
        "client_credentials" => basic && field("scope") == "orders:read",
        "password" => field("client_id") == "web" && field("password") == "p=&w",
        "refresh_token" => field("refresh_token") == "r1",
        _ => false,
    };
    if known {
        HttpResponse::Ok().json(json!({ "access_token": "a.b.c", "refresh_token": "r2" }))
    } else {
        HttpResponse::BadRequest().json(json!({ "error": "invalid_grant", "hint": "secret" }))
    }
}

#[actix_web::test]
async fn a_token_is_obtained_by_each_grant() {
    let server = Server::start(|config| {
        config.route("/token", web::post().to(endpoint));
    });
    let url = format!("{}/token", server.url);
    let secret = |text: &str| SecretToken::new(text.to_owned());

    let mut request = TokenRequest::new(&url, "web");
    request.client_secret = Some(secret("s3cret+&"));
    request.scope = Some("orders:read".to_owned());
    let tokens = request.send(None).await.unwrap();
    assert_eq!(tokens.access.expose(), "a.b.c");
    assert_eq!(tokens.refresh.unwrap().expose(), "r2");

    let mut request = TokenRequest::new(&url, "web");
    request.grant = TokenGrant::Password {
        username: "ada".to_owned(),
        password: secret("p=&w"),
    };
    assert!(request.send(None).await.is_ok());
    request.grant = TokenGrant::Refresh(secret("r1"));
    assert!(request.send(None).await.is_ok());
    request.grant = TokenGrant::Refresh(secret("other-refresh-token"));
    let refused = request.send(None).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the token endpoint answers 400 invalid_grant"
    );

    let public = TokenRequest::new("http://192.0.2.1/token", "web")
        .send(None)
        .await;
    assert!(matches!(public, Err(TokenRequestError::Target(_))));
    server.stop().await;
}
