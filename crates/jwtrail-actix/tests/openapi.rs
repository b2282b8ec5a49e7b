//! What a document says of the protection.

#![cfg(test)]

use actix_web::http::Method;
use jwtrail_actix::{NotDescribed, OpenApiProtection, Requirement, scope};
use serde_json::{Value, json};
use utoipa::OpenApi as _;

#[test]
fn a_protected_operation_names_its_scopes_and_refusals() {
    let document = described(
        &OpenApiProtection::new("token")
            .operation(
                Method::GET,
                "/orders",
                scope("read") & (scope("eu") | scope("us")),
            )
            .token_only(Method::POST, "/logout"),
    );
    let orders = &document["paths"]["/orders"]["get"];
    let ways = json!([{ "token": ["read", "eu"] }, { "token": ["read", "us"] }]);
    assert_eq!(orders["security"], ways);
    assert_eq!(statuses(orders), ["200", "401", "403", "429", "503"]);
    let refusals = &orders["responses"];
    assert!(refusals["401"]["headers"]["WWW-Authenticate"].is_object());
    for header in ["Retry-After", "RateLimit", "RateLimit-Policy"] {
        assert!(refusals["429"]["headers"][header].is_object(), "{header}");
    }
    for status in ["401", "403", "429", "503"] {
        let id = &refusals[status]["headers"]["X-Request-Id"];
        assert!(id.is_object(), "{status}");
    }
    let logout = &document["paths"]["/logout"]["post"];
    assert_eq!(logout["security"], json!([{ "token": [] }]));
    assert_eq!(statuses(logout), ["204", "401", "429", "503"]);
    let scheme = &document["components"]["securitySchemes"]["token"];
    assert_eq!(
        (&scheme["type"], &scheme["scheme"]),
        (&json!("http"), &json!("bearer"))
    );
}

#[test]
fn what_the_document_says_itself_stays() {
    let document = described(&OpenApiProtection::new("token"));
    let own = &document["paths"]["/own"]["delete"];
    assert_eq!(own["security"], json!([{ "token": ["delete"] }]));
    assert_eq!(statuses(own), ["204", "401", "403", "429", "503"]);
    assert_eq!(own["responses"]["403"]["description"], "Not yours");
    // Nothing is said of operations that are open, or protected by something else.
    for (path, method) in [("/orders", "get"), ("/logout", "post")] {
        let open = &document["paths"][path][method];
        assert_eq!(statuses(open).len(), 1, "{path}");
    }
    assert_eq!(statuses(&document["paths"]["/key"]["get"]), ["200"]);
}

#[test]
fn what_is_not_in_the_document_or_never_met_is_refused() {
    let mut document = Docs::openapi();
    for (method, path) in [(Method::GET, "/nowhere"), (Method::PUT, "/orders")] {
        let protection = OpenApiProtection::new("token").operation(method, path, "a");
        let error = protection.describe(&mut document).unwrap_err();
        assert!(matches!(error, NotDescribed::Operation { .. }), "{path}");
    }
    let never = Requirement::all_of([]);
    let protection = OpenApiProtection::new("token").operation(Method::GET, "/orders", never);
    let error = protection.describe(&mut document).unwrap_err();
    assert!(matches!(error, NotDescribed::NeverMet { .. }));
}

fn described(protection: &OpenApiProtection) -> Value {
    let mut document = Docs::openapi();
    protection.describe(&mut document).unwrap();
    serde_json::to_value(document).unwrap()
}

fn statuses(operation: &Value) -> Vec<&str> {
    let responses = operation["responses"].as_object().unwrap();
    responses.keys().map(String::as_str).collect()
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(orders, logout, own, key))]
struct Docs;

#[utoipa::path(get, path = "/orders", responses((status = 200, description = "Orders")))]
#[expect(dead_code, reason = "described only")]
fn orders() {}

#[utoipa::path(post, path = "/logout", responses((status = 204, description = "Done")))]
#[expect(dead_code, reason = "described only")]
fn logout() {}

#[utoipa::path(
    delete, path = "/own", security(("token" = ["delete"])),
    responses((status = 204, description = "Gone"), (status = 403, description = "Not yours")),
)]
#[expect(dead_code, reason = "described only")]
fn own() {}

#[utoipa::path(
    get, path = "/key", security(("key" = [])), responses((status = 200, description = "A key")),
)]
#[expect(dead_code, reason = "described only")]
fn key() {}
