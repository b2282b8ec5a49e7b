use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use jwtrail_actix::{JwtAuth, Trail};
use jwtrail_demo::orders::{AUDIENCE, KEY_ID, OrdersApi, Role};
use jwtrail_session::{Sessions, SigningKey};
use serde_json::{Value, json};

const ISSUER: &str = "https://orders.example";

#[actix_web::test]
async fn a_session_goes_from_login_to_logout() {
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.ndjson");
    let trail = Trail::builder("orders-api").file(&audit).start().unwrap();
    let orders = orders(&trail);
    let password = orders.users().add("ada", Role::Customer).unwrap();
    let app = init_service(App::new().configure(|config| orders.routes(config))).await;
    let send = async |request: TestRequest| {
        let peer = "192.0.2.1:4711".parse().unwrap();
        let response = call_service(&app, request.peer_addr(peer).to_request()).await;
        let status = response.status();
        let body = read_body(response).await;
        (
            status,
            serde_json::from_slice::<Value>(&body).unwrap_or_default(),
        )
    };
    let login = |password: &str| {
        let body = json!({ "username": "ada", "password": password });
        TestRequest::post().uri("/login").set_json(body)
    };
    let with = |request: TestRequest, tokens: &Value| {
        let token = tokens["access_token"].as_str().unwrap();
        request.insert_header(("Authorization", format!("Bearer {token}")))
    };
    let list = || TestRequest::get().uri("/orders");

    let (status, refused) = send(login("wrong")).await;
    assert_eq!(
        (status, refused),
        (
            StatusCode::UNAUTHORIZED,
            json!({ "error": "bad_credentials" })
        )
    );
    let (status, tokens) = send(login(password.expose())).await;
    assert_eq!(status, StatusCode::OK);

    let order = json!({ "item": "espresso beans", "quantity": 2 });
    let place = TestRequest::post().uri("/orders").set_json(order);
    let (status, placed) = send(with(place, &tokens)).await;
    assert_eq!((status, &placed["id"]), (StatusCode::CREATED, &json!(1)));
    let cancel = TestRequest::post().uri("/orders/1/cancel");
    let (status, cancelled) = send(with(cancel, &tokens)).await;
    assert_eq!(
        (status, &cancelled["status"]),
        (StatusCode::OK, &json!("cancelled"))
    );
    let users = TestRequest::get().uri("/admin/users");
    assert_eq!(send(with(users, &tokens)).await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(list()).await.0, StatusCode::UNAUTHORIZED);

    let refresh = json!({
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": "orders-web",
    });
    let (status, tokens) = send(TestRequest::post().uri("/refresh").set_json(refresh)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(send(with(list(), &tokens)).await.0, StatusCode::OK);
    let logout = TestRequest::post().uri("/logout");
    assert_eq!(send(with(logout, &tokens)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(
        send(with(list(), &tokens)).await.0,
        StatusCode::UNAUTHORIZED
    );

    trail.stop().await;
    let written = std::fs::read_to_string(audit).unwrap();
    let count = |event: &str| written.matches(&format!("\"event\":\"{event}\"")).count();
    let events = [
        ("login.failed", 1),
        ("login.succeeded", 1),
        ("token.issued", 1),
        ("token.refreshed", 1),
        ("token.accepted", 4),
        ("access.denied", 1),
        ("token.missing", 1),
        ("token.rejected", 1),
    ];
    for (event, expected) in events {
        assert_eq!(count(event), expected, "{event}");
    }
    assert!(count("token.revoked") >= 1);
    assert!(!written.contains(password.expose()));
}

#[actix_web::test]
async fn a_bad_body_is_answered_without_repeating_it() {
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.ndjson");
    let trail = Trail::builder("orders-api").file(&audit).start().unwrap();
    let orders = orders(&trail);
    let app = init_service(App::new().configure(|config| orders.routes(config))).await;
    let request = TestRequest::post()
        .uri("/login")
        .set_json(json!({ "username": "ada", "password": 4711 }));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let body: web::Bytes = read_body(response).await;
    assert_eq!(body, r#"{"error":"invalid_request"}"#);
}

fn orders(trail: &Trail) -> OrdersApi {
    let sessions = Sessions::builder(SigningKey::generate_ed25519().unwrap(), KEY_ID)
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .refresh_key([7; 32])
        .build();
    let sessions = Arc::new(sessions.unwrap());
    let auth = JwtAuth::builder()
        .issuer(ISSUER, sessions.key_set())
        .audience(AUDIENCE)
        .audit(trail)
        .sessions(Arc::clone(&sessions))
        .build();
    OrdersApi::new(sessions, auth.unwrap()).unwrap()
}
