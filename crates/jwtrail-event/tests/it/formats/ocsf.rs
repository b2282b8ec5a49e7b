//! From OCSF back to the record, by a table of its own.

use serde_json::{Map, Value, json};

use super::back::Leaves;

pub(super) fn back(rendering: Map<String, Value>) -> Map<String, Value> {
    let mut leaves = Leaves::of(rendering);
    let mut record = Map::new();
    for (path, field) in PLACES {
        if let Some(value) = leaves.take(path) {
            let old = record.insert((*field).to_owned(), value);
            assert_eq!(old, None, "{field} stands twice");
        }
    }
    record.extend(leaves.take_below("unmapped."));
    moment(&mut leaves, &mut record, "time", "time");
    moment(
        &mut leaves,
        &mut record,
        "metadata.logged_time",
        "received_at",
    );
    let class = leaves
        .take("class_uid")
        .and_then(|uid| uid.as_u64())
        .unwrap();
    let finding = class == 2004;
    let status = leaves.take("status_id").and_then(|id| id.as_u64());
    if finding {
        assert_eq!(status, Some(1));
        leaves.expect("is_alert", true);
        leaves.expect("finding_info.analytic.type_id", 1);
    } else {
        let outcome = ["success", "failure"][status.unwrap() as usize - 1];
        record.insert("outcome".to_owned(), outcome.into());
    }
    let version = leaves.take("metadata.log_version").unwrap();
    let version: u64 = version.as_str().unwrap().parse().unwrap();
    record.insert("schema_version".to_owned(), version.into());
    token(&mut leaves, &mut record);
    for (field, id) in [
        ("src_endpoint.ip", "client_ip"),
        ("src_endpoint.uid", "client_ip"),
    ] {
        if let Some(address) = leaves.take(field) {
            record.insert(id.to_owned(), address);
        }
    }
    if let Some(addresses) = leaves.take("src_endpoint.intermediate_ips") {
        assert_ne!(record.get("client_ip"), Some(&addresses[0]));
        record.insert("peer_ip".to_owned(), addresses[0].clone());
    }
    if let Some(name) = leaves.take("http_request.http_headers[].name") {
        assert_eq!(name, "Origin");
        assert!(record.contains_key("origin"));
    }
    constants(leaves, &mut record, class);
    record
}

/// Stands there in milliseconds and in whole.
fn moment(leaves: &mut Leaves, record: &mut Map<String, Value>, path: &str, field: &str) {
    let millis = leaves.take(path);
    let whole = leaves.take(&format!("{path}_dt"));
    assert_eq!(millis.is_some(), whole.is_some());
    if let (Some(millis), Some(whole)) = (millis, whole) {
        let time: jwtrail_event::Timestamp = whole.as_str().unwrap().parse().unwrap();
        assert_eq!(millis.as_i64(), Some(time.as_millis()));
        record.insert(field.to_owned(), whole);
    }
}

fn token(leaves: &mut Leaves, record: &mut Map<String, Value>) {
    for (path, field) in [
        ("authentication_token.expiration_time", "token_exp"),
        ("authentication_token.created_time", "token_iat"),
    ] {
        if let Some(millis) = leaves.take(path) {
            let millis = millis.as_i64().unwrap();
            assert_eq!(millis % 1_000, 0);
            record.insert(field.to_owned(), (millis / 1_000).into());
        }
    }
    for (path, id) in [
        ("authentication_token.type", "authentication_token.type_id"),
        (
            "authentication_token.encryption_details.algorithm",
            "authentication_token.encryption_details.algorithm_id",
        ),
    ] {
        let field = if path.ends_with("type") {
            "token_typ"
        } else {
            "token_alg"
        };
        if let Some(value) = leaves.take(path) {
            leaves.expect(id, 99);
            record.insert(field.to_owned(), value);
        }
    }
    if let Some(scopes) = leaves.take("privileges") {
        let scopes: Vec<&str> = scopes
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s.as_str().unwrap())
            .collect();
        if !scopes.is_empty() {
            record.insert("token_scope".to_owned(), scopes.join(" ").into());
        }
    }
}

/// What the class says, and what stands for a value that is demanded and not there.
fn constants(mut leaves: Leaves, record: &mut Map<String, Value>, class: u64) {
    let activity = leaves
        .take("activity_id")
        .and_then(|id| id.as_u64())
        .unwrap();
    leaves.expect("type_uid", class * 100 + activity);
    leaves.expect("category_uid", class / 1_000);
    if activity == 99 {
        leaves.expect("activity_name", record["event"].clone());
    }
    assert!(leaves.take("class_name").unwrap().is_string());
    let severity = leaves.take("severity_id").and_then(|id| id.as_u64());
    assert!(matches!(severity, Some(1 | 2 | 4)));
    if record["kind"] == "decision" {
        let failed = record["outcome"] == "failure";
        let observed = record.get("enforced") == Some(&json!(false));
        let (action, disposition) = match (failed, observed) {
            (false, _) => (1, 1),
            (true, true) => (3, 17),
            (true, false) => (2, 2),
        };
        leaves.expect("action_id", action);
        leaves.expect("disposition_id", disposition);
    }
    leaves.expect("metadata.version", "1.8.0");
    leaves.expect("metadata.product.name", "jwtrail");
    leaves.expect("metadata.product.vendor_name", "jwtrail");
    assert!(leaves.take("metadata.profiles").unwrap().is_array());
    for (path, field) in [
        ("user.name", "token_sub"),
        ("actor.user.name", "token_sub"),
        ("src_endpoint.name", "client_ip"),
    ] {
        if let Some(filled) = leaves.take(path) {
            assert_eq!(filled, "unknown");
            assert!(!record.contains_key(field));
        }
    }
    for field in ["route", "target", "rule"] {
        // It can't be told from a value, so it must not have been one.
        if record.get(field) == Some(&json!("unknown")) {
            record.remove(field);
        }
    }
    leaves.done();
}

const PLACES: &[(&str, &str)] = &[
    ("metadata.uid", "event_id"),
    ("metadata.event_code", "event"),
    ("metadata.sequence", "seq"),
    ("metadata.correlation_uid", "correlation_id"),
    ("status_code", "reason"),
    ("service.name", "service"),
    ("service.version", "service_version"),
    ("api.service.name", "service"),
    ("api.service.version", "service_version"),
    ("app.name", "service"),
    ("app.version", "service_version"),
    ("dst_endpoint.svc_name", "service"),
    ("dst_endpoint.instance_uid", "instance"),
    ("authentication_token.uid", "token_jti"),
    ("session.credential_uid", "token_jti"),
    ("actor.session.credential_uid", "token_jti"),
    ("user.uid", "token_sub"),
    ("actor.user.uid", "token_sub"),
    ("session.issuer", "token_iss"),
    ("actor.session.issuer", "token_iss"),
    ("actor.app_uid", "client_id"),
    (
        "authentication_token.encryption_details.key_uid",
        "token_kid",
    ),
    ("authentication_token.name", "token_fp"),
    ("authorizations[].decision", "authz"),
    ("authorizations[].policy.name", "required_scope"),
    ("session.uid", "refresh_family"),
    ("actor.session.uid", "refresh_family"),
    ("trace.uid", "trace_id"),
    ("http_request.user_agent", "user_agent"),
    ("http_request.http_headers[].value", "origin"),
    ("http_request.http_method", "method"),
    ("http_response.code", "status"),
    ("api.operation", "route"),
    ("finding_info.analytic.name", "rule"),
    ("finding_info.uid", "target"),
];
