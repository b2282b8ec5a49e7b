//! From ECS back to the record, by a table of its own.

use serde_json::{Map, Value};

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
    if let Some(nanos) = leaves.take("event.duration") {
        let nanos = nanos.as_u64().unwrap();
        assert_eq!(nanos % 1_000, 0);
        record.insert("duration_us".to_owned(), (nanos / 1_000).into());
    }
    record.extend(leaves.take_below("jwtrail."));
    leaves.expect("ecs.version", "9.4.0");
    leaves.expect("event.module", "jwtrail");
    leaves.expect("event.dataset", "jwtrail.audit");
    let alert = record["event"] == "alert.raised";
    leaves.expect("event.kind", if alert { "alert" } else { "event" });
    assert!(leaves.take("event.category").unwrap().is_array());
    assert!(leaves.take("event.type").unwrap().is_array());
    leaves.done();
    record
}

const PLACES: &[(&str, &str)] = &[
    ("@timestamp", "time"),
    ("event.id", "event_id"),
    ("event.action", "event"),
    ("event.sequence", "seq"),
    ("event.outcome", "outcome"),
    ("event.ingested", "received_at"),
    ("error.code", "reason"),
    ("service.name", "service"),
    ("service.version", "service_version"),
    ("service.node.name", "instance"),
    ("service.ephemeral_id", "boot_id"),
    ("user.id", "token_sub"),
    ("http.request.id", "correlation_id"),
    ("http.request.method", "method"),
    ("http.response.status_code", "status"),
    ("trace.id", "trace_id"),
    ("span.id", "span_id"),
    ("client.ip", "client_ip"),
    ("client.address", "client_ip"),
    ("source.ip", "peer_ip"),
    ("source.address", "peer_ip"),
    ("user_agent.original", "user_agent"),
    ("rule.name", "rule"),
    ("jwtrail.token.trust", "trust"),
    ("jwtrail.token.jti", "token_jti"),
    ("jwtrail.token.issuer", "token_iss"),
    ("jwtrail.token.audience", "token_aud"),
    ("jwtrail.token.scope", "token_scope"),
    ("jwtrail.token.expires_at", "token_exp"),
    ("jwtrail.token.issued_at", "token_iat"),
    ("jwtrail.token.kid", "token_kid"),
    ("jwtrail.token.alg", "token_alg"),
    ("jwtrail.token.typ", "token_typ"),
    ("jwtrail.token.fingerprint", "token_fp"),
    ("jwtrail.client.id", "client_id"),
    ("jwtrail.claimed.jti", "claimed_jti"),
    ("jwtrail.claimed.sub", "claimed_sub"),
    ("jwtrail.claimed.iss", "claimed_iss"),
    ("jwtrail.authz.decision", "authz"),
    ("jwtrail.authz.required_scope", "required_scope"),
    ("jwtrail.authz.missing_scope", "missing_scope"),
    ("jwtrail.authz.object_type", "object_type"),
    ("jwtrail.refresh.family", "refresh_family"),
    ("jwtrail.refresh.generation", "refresh_generation"),
    ("jwtrail.refresh.previous_jti", "previous_jti"),
];
