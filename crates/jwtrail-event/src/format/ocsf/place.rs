use std::net::IpAddr;

use super::class::Class;
use crate::Record;
use crate::format::tree::{Node, Tree};

/// Puts a field where OCSF has a place for it, or with what it has none for.
pub(super) fn place<'r>(
    class: Class,
    record: &Record<'_>,
    field: &'static str,
    value: Node<'r>,
    tree: &mut Tree<'r>,
) {
    match (field, value) {
        ("time", Node::Time(time)) => {
            tree.put("time", Node::Signed(time.as_millis()));
            tree.put("time_dt", Node::Time(time));
        }
        ("received_at", Node::Time(time)) => {
            tree.put("metadata.logged_time", Node::Signed(time.as_millis()));
            tree.put("metadata.logged_time_dt", Node::Time(time));
        }
        ("schema_version", Node::Unsigned(version)) => {
            tree.put("metadata.log_version", Node::text(version.to_string()));
        }
        ("outcome", Node::Text(outcome)) if class != Class::DetectionFinding => {
            let status = if outcome == "success" { 1 } else { 2 };
            tree.put("status_id", Node::Unsigned(status));
        }
        ("token_exp" | "token_iat", Node::Signed(seconds)) => {
            match (class, seconds.checked_mul(1_000)) {
                (Class::Authentication, Some(millis)) if field == "token_exp" => {
                    tree.put("authentication_token.expiration_time", Node::Signed(millis));
                }
                (Class::Authentication, Some(millis)) => {
                    tree.put("authentication_token.created_time", Node::Signed(millis));
                }
                _ => tree.put_in(UNMAPPED, field, Node::Signed(seconds)),
            }
        }
        ("token_typ", typ) if class == Class::Authentication => {
            tree.put("authentication_token.type_id", Node::Unsigned(super::OTHER));
            tree.put("authentication_token.type", typ);
        }
        ("token_alg", alg) if class == Class::Authentication => {
            let id = "authentication_token.encryption_details.algorithm_id";
            tree.put(id, Node::Unsigned(super::OTHER));
            tree.put("authentication_token.encryption_details.algorithm", alg);
        }
        ("token_scope", Node::Text(scope)) if class == Class::AuthorizeSession => {
            let scopes = scope.split(' ').map(|scope| Node::text(scope.to_owned()));
            tree.put("privileges", Node::List(scopes.collect()));
        }
        ("client_ip", Node::Text(address)) if class.of_requests() => {
            // A pseudonym is no address.
            let path = match address.parse::<IpAddr>() {
                Ok(_) => "src_endpoint.ip",
                Err(_) => "src_endpoint.uid",
            };
            tree.put(path, Node::Text(address));
        }
        ("peer_ip", Node::Text(address)) if class.of_requests() => {
            let is_client = record
                .client_ip
                .as_ref()
                .is_some_and(|ip| ip.as_str() == address);
            if !is_client && address.parse::<IpAddr>().is_ok() {
                let addresses = Node::List(vec![Node::Text(address)]);
                tree.put("src_endpoint.intermediate_ips", addresses);
            } else {
                tree.put_in(UNMAPPED, field, Node::Text(address));
            }
        }
        ("method", Node::Text(method)) if class.of_requests() => {
            if METHODS.contains(&&*method) {
                tree.put("http_request.http_method", Node::Text(method));
            } else {
                tree.put_in(UNMAPPED, field, Node::Text(method));
            }
        }
        ("origin", origin) if class.of_requests() => {
            tree.put("http_request.http_headers[].name", Node::text("Origin"));
            tree.put("http_request.http_headers[].value", origin);
        }
        ("seq", Node::Unsigned(number)) if i64::try_from(number).is_err() => {
            tree.put_in(UNMAPPED, field, Node::Unsigned(number));
        }
        (_, value) => match path(class, field) {
            Some(path) => tree.put(path, value),
            None => tree.put_in(UNMAPPED, field, value),
        },
    }
}

/// The place of a field that stands there as it is.
fn path(class: Class, field: &'static str) -> Option<&'static str> {
    always(field)
        .or_else(|| match class {
            Class::Authentication => authentication(field).or_else(|| session(field)),
            Class::AuthorizeSession if field == "service" => Some("dst_endpoint.svc_name"),
            Class::AuthorizeSession => session(field),
            Class::ApiActivity => activity(field),
            Class::ApplicationLifecycle => match field {
                "service" => Some("app.name"),
                "service_version" => Some("app.version"),
                _ => None,
            },
            Class::DetectionFinding => match field {
                "rule" => Some("finding_info.analytic.name"),
                "target" => Some("finding_info.uid"),
                _ => None,
            },
        })
        .or_else(|| class.of_requests().then(|| request(field)).flatten())
}

fn always(field: &str) -> Option<&'static str> {
    Some(match field {
        "event_id" => "metadata.uid",
        "event" => "metadata.event_code",
        "seq" => "metadata.sequence",
        "correlation_id" => "metadata.correlation_uid",
        "reason" => "status_code",
        "authz" => "authorizations[].decision",
        "required_scope" => "authorizations[].policy.name",
        _ => return None,
    })
}

fn authentication(field: &str) -> Option<&'static str> {
    Some(match field {
        "service" => "service.name",
        "service_version" => "service.version",
        "token_jti" => "authentication_token.uid",
        "token_fp" => "authentication_token.name",
        "token_kid" => "authentication_token.encryption_details.key_uid",
        _ => return None,
    })
}

fn session(field: &str) -> Option<&'static str> {
    Some(match field {
        "token_jti" => "session.credential_uid",
        "token_sub" => "user.uid",
        "token_iss" => "session.issuer",
        "refresh_family" => "session.uid",
        _ => return None,
    })
}

fn activity(field: &str) -> Option<&'static str> {
    Some(match field {
        "token_jti" => "actor.session.credential_uid",
        "token_sub" => "actor.user.uid",
        "token_iss" => "actor.session.issuer",
        "refresh_family" => "actor.session.uid",
        // A span of OCSF has a start and an end, which nobody here knows.
        "trace_id" => "trace.uid",
        "service" => "api.service.name",
        "service_version" => "api.service.version",
        "route" => "api.operation",
        _ => return None,
    })
}

fn request(field: &str) -> Option<&'static str> {
    Some(match field {
        "instance" => "dst_endpoint.instance_uid",
        "client_id" => "actor.app_uid",
        "user_agent" => "http_request.user_agent",
        "status" => "http_response.code",
        _ => return None,
    })
}

const UNMAPPED: &str = "unmapped";

/// The methods that OCSF has names for.
const METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];
