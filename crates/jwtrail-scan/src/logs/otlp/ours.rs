//! Audit events of ours that came by OTLP: the same fields under the names of semantic
//! conventions, or behind `jwtrail.`.

use jwtrail_event::{EventName, FIELD_NAMES};

use super::super::Fields;

/// The fields under the names of the audit event; none where the record is no such event.
pub(super) fn named(fields: &Fields) -> Option<Fields> {
    let event = fields.value("event_name")?.strip_prefix(PREFIX)?;
    event.parse::<EventName>().ok()?;
    fields.value("jwtrail.outcome")?;
    let mut named = Fields::default();
    for (theirs, value) in fields.iter() {
        match theirs {
            "event_name" => named.push("event", event),
            theirs => named.push(ours(theirs), value),
        }
    }
    Some(named)
}

fn ours(theirs: &str) -> String {
    if let Some((_, ours)) = RENAMED.iter().find(|(other, _)| *other == theirs) {
        return (*ours).to_owned();
    }
    let Some(rest) = theirs.strip_prefix(PREFIX) else {
        return theirs.to_owned();
    };
    let flat = rest.replace('.', "_");
    if FIELD_NAMES.contains(&flat.as_str()) {
        flat
    } else {
        rest.to_owned()
    }
}

const PREFIX: &str = "jwtrail.";

/// What is not our name behind the prefix, with dots in the place of underscores.
const RENAMED: [(&str, &str); 25] = [
    ("client.address", "client_ip"),
    ("error.type", "reason"),
    ("http.request.method", "method"),
    ("http.response.status_code", "status"),
    ("http.route", "route"),
    ("jwtrail.authz.decision", "authz"),
    ("jwtrail.authz.missing_scope", "missing_scope"),
    ("jwtrail.authz.object_type", "object_type"),
    ("jwtrail.authz.required_scope", "required_scope"),
    ("jwtrail.refresh.previous_jti", "previous_jti"),
    ("jwtrail.token.audience", "token_aud"),
    ("jwtrail.token.expires_at", "token_exp"),
    ("jwtrail.token.fingerprint", "token_fp"),
    ("jwtrail.token.issued_at", "token_iat"),
    ("jwtrail.token.issuer", "token_iss"),
    ("jwtrail.token.trust", "trust"),
    ("log.record.uid", "event_id"),
    ("network.peer.address", "peer_ip"),
    ("resource.jwtrail.boot_id", "boot_id"),
    ("resource.service.instance.id", "instance"),
    ("resource.service.name", "service"),
    ("resource.service.version", "service_version"),
    ("user.id", "token_sub"),
    ("user_agent.original", "user_agent"),
    ("jwtrail.final", "final"),
];
