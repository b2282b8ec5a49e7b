/// The names that fields commonly have, most telling first: they break ties where values alone
/// leave a choice, and stand in for what a good request's record does not show. The comparison
/// is in lower case and by whole name, or by the last part of a dotted one.
pub(super) fn hints(ours: &str) -> &'static [&'static str] {
    match ours {
        "time" => &[
            "time",
            "@timestamp",
            "timestamp",
            "ts",
            "datetime",
            "date",
            "start_time",
            "asctime",
            "t",
            "container.time",
            "__realtime_timestamp",
        ],
        "outcome" => &[
            "outcome",
            "event.outcome",
            "jwtrail.outcome",
            "result",
            "auth.outcome",
        ],
        "reason" => &[
            "reason",
            "error.type",
            "error_code",
            "err.code",
            "error.code",
            "err.type",
            "response_code_details",
            "error_description",
            "err.message",
            "error.message",
            "error",
            "err",
            "exception.message",
            "exception",
            "detail",
        ],
        "token_jti" => &[
            "token_jti",
            "jwtrail.token.jti",
            "jti",
            "token.jti",
            "token_id",
        ],
        "token_sub" => &[
            "token_sub",
            "user.id",
            "sub",
            "subject",
            "user_id",
            "userid",
            "user.sub",
            "user",
            "username",
            "principal",
        ],
        "token_scope" => &[
            "token_scope",
            "jwtrail.token.scope",
            "scope",
            "scopes",
            "scp",
            "permissions",
        ],
        "token_iss" => &["token_iss", "jwtrail.token.issuer", "iss", "issuer"],
        "client_id" => &["client_id", "jwtrail.client.id", "clientid", "azp"],
        "correlation_id" => &[
            "correlation_id",
            "jwtrail.correlation_id",
            "http.request.id",
            "request_id",
            "requestid",
            "req.id",
            "reqid",
            "correlationid",
            "x-request-id",
            "x_request_id",
            "traceid",
        ],
        "trace_id" => &["trace_id", "trace.id", "traceid", "trace"],
        "method" => &[
            "method",
            "http.request.method",
            "req.method",
            "http.method",
            "request_method",
            "verb",
        ],
        "route" => &[
            "route",
            "http.route",
            "path_pattern",
            "endpoint",
            "req.route",
            "path",
            "url.path",
            "req.url",
            "url",
            "uri",
            "target",
        ],
        "status" => &[
            "status",
            "http.response.status_code",
            "res.statuscode",
            "status_code",
            "statuscode",
            "response_code",
            "http.status_code",
            "code",
        ],
        "client_ip" => &[
            "client_ip",
            "client.address",
            "client.ip",
            "remote_ip",
            "remoteaddress",
            "req.remoteaddress",
            "remote_addr",
            "address",
            "ip",
            "ipaddress",
            "downstream_remote_address",
            "peer_ip",
        ],
        "user_agent" => &[
            "user_agent",
            "user_agent.original",
            "user-agent",
            "useragent",
            "http.user_agent",
        ],
        "required_scope" => &[
            "required_scope",
            "jwtrail.authz.required_scope",
            "required_scopes",
        ],
        "trust" => &["trust", "jwtrail.token.trust"],
        "enforced" => &["enforced", "jwtrail.enforced"],
        _ => &[],
    }
}

/// How telling a field's name is for one of ours, the smaller the better; none where it is not.
pub(super) fn rank(ours: &str, theirs: &str) -> Option<usize> {
    let theirs = theirs.to_ascii_lowercase();
    let last = theirs.rsplit('.').next().unwrap_or_default();
    let known = hints(ours);
    let whole = known.iter().position(|name| *name == theirs);
    whole.or_else(|| {
        known
            .iter()
            .position(|name| *name == last)
            .map(|at| at + known.len())
    })
}
