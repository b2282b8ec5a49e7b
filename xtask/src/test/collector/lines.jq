# What a collector must have of a line of NDJSON: the event's documentation, written anew.

def severity:
  if . == "heartbeat" then 1
  elif . == "refresh.reused" or . == "quarantine.added" or . == "keys.failed"
    or . == "audit.dropped" or . == "alert.raised" then 17
  elif . == "token.rejected" or . == "access.denied" or . == "rate.exceeded"
    or . == "login.failed" or . == "issue.refused" or . == "refresh.replayed"
    or . == "refresh.refused" or . == "config.unsafe" or . == "limits.degraded"
    or . == "proxy.suspected" or . == "output.changed" then 13
  else 9 end;

def names: {
  event_id: "log.record.uid", kind: "jwtrail.kind", seq: "jwtrail.seq",
  outcome: "jwtrail.outcome", reason: "error.type", steps: "jwtrail.steps",
  trust: "jwtrail.token.trust",
  token_jti: "jwtrail.token.jti", token_sub: "user.id", token_iss: "jwtrail.token.issuer",
  token_aud: "jwtrail.token.audience", client_id: "jwtrail.client.id",
  token_scope: "jwtrail.token.scope", scope_class: "jwtrail.scope_class",
  token_exp: "jwtrail.token.expires_at", token_iat: "jwtrail.token.issued_at",
  claimed_jti: "jwtrail.claimed.jti", claimed_sub: "jwtrail.claimed.sub",
  claimed_iss: "jwtrail.claimed.iss",
  token_kid: "jwtrail.token.kid", token_alg: "jwtrail.token.alg", token_typ: "jwtrail.token.typ",
  token_fp: "jwtrail.token.fingerprint",
  authz: "jwtrail.authz.decision", required_scope: "jwtrail.authz.required_scope",
  missing_scope: "jwtrail.authz.missing_scope", object_type: "jwtrail.authz.object_type",
  refresh_family: "jwtrail.refresh.family", refresh_generation: "jwtrail.refresh.generation",
  previous_jti: "jwtrail.refresh.previous_jti",
  correlation_id: "jwtrail.correlation_id", correlation_source: "jwtrail.correlation_source",
  linked_trace_id: "jwtrail.linked_trace_id",
  client_ip: "client.address", peer_ip: "network.peer.address", hop: "jwtrail.hop",
  user_agent: "user_agent.original", origin: "jwtrail.origin",
  method: "http.request.method", route: "http.route",
  status: "http.response.status_code", exit: "jwtrail.exit", enforced: "jwtrail.enforced",
  duration_us: "jwtrail.duration_us", cache: "jwtrail.cache",
  issuer: "jwtrail.issuer", option: "jwtrail.option", sink: "jwtrail.sink",
  dropped_count: "jwtrail.dropped_count", dropped_kind: "jwtrail.dropped_kind",
  last_seq: "jwtrail.last_seq", counts: "jwtrail.counts", final: "jwtrail.final",
  actor: "jwtrail.actor", rule: "jwtrail.rule", target: "jwtrail.target", until: "jwtrail.until"
};

# Seconds and microseconds apart: jq's numbers have no room for both.
def nanos:
  capture("^(?<seconds>.*)\\.(?<micros>[0-9]{6})Z$")
  | "\((.seconds + "Z") | fromdateiso8601)\(.micros)000";

. as $line | names as $names
| {
    event_name: "jwtrail.\(.event)",
    severity: (.event | severity),
    nanos: (.time | nanos),
    trace_id: .trace_id,
    span_id: .span_id,
    resource: {
      "service.name": .service,
      "service.version": .service_version,
      "service.instance.id": .instance,
      "jwtrail.boot_id": .boot_id
    },
    attributes: (
      $line
      | del(.time, .schema_version, .event, .trace_id, .span_id,
            .service, .service_version, .instance, .boot_id)
      | with_entries(.key = ($names[.key] // "unknown: \(.key)"))
    )
  }
