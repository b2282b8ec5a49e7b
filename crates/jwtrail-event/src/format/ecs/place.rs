use std::net::IpAddr;

use crate::Record;
use crate::format::tree::{Node, Tree};

/// Puts a field where ECS has a place for it, or below `jwtrail`.
pub(super) fn place<'r>(
    record: &Record<'_>,
    field: &'static str,
    value: Node<'r>,
    tree: &mut Tree<'r>,
) {
    match (field, value) {
        // A pseudonym is no address.
        ("client_ip", Node::Text(address)) if !is_address(&address) => {
            tree.put("client.address", Node::Text(address));
        }
        ("peer_ip", Node::Text(address)) if !is_address(&address) => {
            tree.put("source.address", Node::Text(address));
        }
        ("duration_us", Node::Unsigned(micros)) => {
            match i64::try_from(micros)
                .ok()
                .and_then(|us| us.checked_mul(1_000))
            {
                Some(nanos) => tree.put("event.duration", Node::Signed(nanos)),
                None => tree.put_in(OURS, field, Node::Unsigned(micros)),
            }
        }
        ("seq", Node::Unsigned(number)) if i64::try_from(number).is_err() => {
            tree.put_in(OURS, field, Node::Unsigned(number));
        }
        ("correlation_id", id) if !record.event.caused_by_request() => {
            tree.put_in(OURS, field, id);
        }
        (_, value) => match standard(field).or_else(|| grouped(field)) {
            Some(path) => tree.put(path, value),
            None => tree.put_in(OURS, field, value),
        },
    }
}

/// The fields of ECS.
fn standard(field: &str) -> Option<&'static str> {
    Some(match field {
        "time" => "@timestamp",
        "event_id" => "event.id",
        "event" => "event.action",
        "seq" => "event.sequence",
        "outcome" => "event.outcome",
        "received_at" => "event.ingested",
        "reason" => "error.code",
        "service" => "service.name",
        "service_version" => "service.version",
        "instance" => "service.node.name",
        "boot_id" => "service.ephemeral_id",
        "token_sub" => "user.id",
        "correlation_id" => "http.request.id",
        "trace_id" => "trace.id",
        "span_id" => "span.id",
        "client_ip" => "client.ip",
        "peer_ip" => "source.ip",
        "user_agent" => "user_agent.original",
        "method" => "http.request.method",
        "status" => "http.response.status_code",
        "rule" => "rule.name",
        _ => return None,
    })
}

/// Ours that belong together. All others stand under their own names.
fn grouped(field: &str) -> Option<&'static str> {
    Some(match field {
        "trust" => "jwtrail.token.trust",
        "token_jti" => "jwtrail.token.jti",
        "token_iss" => "jwtrail.token.issuer",
        "token_aud" => "jwtrail.token.audience",
        "token_scope" => "jwtrail.token.scope",
        "token_exp" => "jwtrail.token.expires_at",
        "token_iat" => "jwtrail.token.issued_at",
        "token_kid" => "jwtrail.token.kid",
        "token_alg" => "jwtrail.token.alg",
        "token_typ" => "jwtrail.token.typ",
        "token_fp" => "jwtrail.token.fingerprint",
        "client_id" => "jwtrail.client.id",
        "claimed_jti" => "jwtrail.claimed.jti",
        "claimed_sub" => "jwtrail.claimed.sub",
        "claimed_iss" => "jwtrail.claimed.iss",
        "authz" => "jwtrail.authz.decision",
        "required_scope" => "jwtrail.authz.required_scope",
        "missing_scope" => "jwtrail.authz.missing_scope",
        "object_type" => "jwtrail.authz.object_type",
        "refresh_family" => "jwtrail.refresh.family",
        "refresh_generation" => "jwtrail.refresh.generation",
        "previous_jti" => "jwtrail.refresh.previous_jti",
        _ => return None,
    })
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// What ECS leaves to its users stands below their own name.
const OURS: &str = "jwtrail";
