//! One of each event, as full as it can be.

use jwtrail_event::events::{
    AccessDenied, AlertRaised, Answer, AuditDropped, Authorization, Claimed, Claims, ConfigUnsafe,
    Correlation, Event, Evidence, Family, Heartbeat, IssueRefused, KeysFailed, KeysRefreshed,
    LimitsDegraded, LoginFailed, LoginSucceeded, OutputChanged, ProxySuspected, QuarantineAdded,
    QuarantineExpired, QuarantineReleased, RateExceeded, RefreshRefused, RefreshReplayed,
    RefreshReused, Request, RulesChanged, TokenAccepted, TokenHeader, TokenIssued, TokenMissing,
    TokenRefreshed, TokenRejected, TokenRevoked,
};
use jwtrail_event::{
    Authz, CacheUse, CorrelationSource, Counts, DroppedKind, EventId, Exit, Hop, Origin, Reason,
    Record, SpanId, Step, Steps, Text, Timestamp, TraceId,
};

/// Stamps each event's record and hands it over.
pub(crate) fn each(mut look: impl FnMut(&Record<'_>)) {
    let origin = Origin {
        service: "orders-api".to_owned(),
        service_version: "1.2.3".to_owned(),
        instance: "pod-7".to_owned(),
        boot_id: "b1".to_owned(),
    };
    let mut seq = 0;
    each_unstamped(|event| {
        let time = Timestamp::from_micros(1_800_000_000_123_456);
        let mut record = event.record(time);
        record.stamp(&origin, EventId::v7(time, &[7; 10]), seq);
        seq += 1;
        look(&record);
    });
}

pub(crate) fn request() -> Request<'static> {
    Request {
        correlation: correlation(),
        client_ip: Text::from("192.0.2.7"),
        peer_ip: Text::from("10.0.0.1"),
        hop: Hop::Edge,
        user_agent: Some(Text::from("curl/8")),
        origin: Some(Text::from("https://shop.example")),
        method: Text::from("GET"),
        route: Text::from("/orders/{id}"),
    }
}

fn correlation() -> Correlation<'static> {
    Correlation {
        id: Text::from("c-1"),
        source: CorrelationSource::Incoming,
        trace_id: TraceId::from_bits(11),
        span_id: SpanId::from_bits(12),
        linked_trace_id: Some(TraceId::from_bits(13)),
    }
}

fn answer(status: u16) -> Answer {
    let mut steps = Steps::default();
    steps.passed(Step::Parse);
    Answer {
        steps,
        status: Some(status),
        exit: Exit::Responded,
        enforced: true,
        duration_us: 42,
        cache: CacheUse::Miss,
    }
}

fn header() -> TokenHeader<'static> {
    TokenHeader {
        kid: Some(Text::from("k1")),
        alg: Some(Text::from("ES256")),
        typ: Some(Text::from("at+jwt")),
        fingerprint: Some(Text::from("f1:00112233445566778899aabbccddeeff")),
    }
}

fn claims() -> Claims<'static> {
    Claims {
        jti: Some(Text::from("jti-1")),
        sub: Some(Text::from("alice")),
        iss: Some(Text::from("https://login.example")),
        aud: vec![Text::from("orders-api"), Text::from("billing")],
        client_id: Some(Text::from("web")),
        scope: Some(Text::from("orders:read")),
        scope_class: Some(Text::from("user")),
        exp: Some(1_800_000_300),
        iat: Some(1_800_000_000),
    }
}

fn family() -> Family<'static> {
    Family {
        id: Text::from("fam-1"),
        generation: 3,
    }
}

fn authorization(authz: Authz) -> Authorization<'static> {
    Authorization {
        authz,
        required_scope: Some(Text::from("orders:write")),
        missing_scope: (authz == Authz::Denied).then(|| Text::from("orders:write")),
        object_type: Some(Text::from("order")),
    }
}

fn each_unstamped(mut look: impl FnMut(&dyn Event)) {
    decisions(&mut look);
    logins_and_tokens(&mut look);
    refreshes(&mut look);
    quarantine(&mut look);
    system(&mut look);
}

fn decisions(look: &mut impl FnMut(&dyn Event)) {
    let request = &request();
    for optional in [false, true] {
        look(&TokenMissing {
            request,
            answer: answer(if optional { 200 } else { 401 }),
            optional,
        });
    }
    for authorization in [None, Some(authorization(Authz::Granted))] {
        look(&TokenAccepted {
            request,
            answer: answer(200),
            header: header(),
            claims: claims(),
            authorization,
        });
    }
    let unverified = Evidence::Unverified {
        header: header(),
        claimed: Claimed {
            jti: Some(Text::from("their-jti")),
            sub: Some(Text::from("their-sub")),
            iss: Some(Text::from("their-iss")),
        },
    };
    let signed = Evidence::Signed {
        header: header(),
        claims: claims(),
    };
    let verified = Evidence::Verified {
        header: header(),
        claims: claims(),
    };
    for (reason, evidence) in [
        (Reason::MalformedHeader, Evidence::Absent),
        (Reason::BadSignature, unverified),
        (Reason::Expired, signed.clone()),
    ] {
        look(&TokenRejected {
            request,
            answer: answer(401),
            evidence,
            reason,
        });
    }
    look(&TokenRejected {
        request,
        answer: Answer {
            status: None,
            exit: Exit::Dropped,
            ..answer(0)
        },
        evidence: signed,
        reason: Reason::Undecided,
    });
    look(&AccessDenied {
        request,
        answer: answer(403),
        header: header(),
        claims: claims(),
        authorization: authorization(Authz::Denied),
        reason: Reason::InsufficientScope,
    });
    for evidence in [Evidence::Absent, verified] {
        look(&RateExceeded {
            request,
            answer: answer(429),
            evidence,
        });
    }
}

fn logins_and_tokens(look: &mut impl FnMut(&dyn Event)) {
    let request = &request();
    look(&LoginSucceeded {
        request,
        claims: claims(),
    });
    look(&LoginFailed {
        request,
        claimed_sub: Some(Text::from("mallory")),
    });
    look(&TokenIssued {
        request,
        claims: claims(),
        family: Some(family()),
    });
    look(&IssueRefused {
        request,
        reason: Reason::BackendUnavailable,
        claims: Some(claims()),
    });
    look(&TokenRevoked {
        correlation: &correlation(),
        actor: Text::from("operator"),
        target: Text::from("token:jti-1"),
        claims: Some(claims()),
        family: Some(family()),
        until: Some(Timestamp::MAX),
    });
}

fn refreshes(look: &mut impl FnMut(&dyn Event)) {
    let request = &request();
    look(&TokenRefreshed {
        request,
        claims: claims(),
        family: family(),
        previous_jti: Some(Text::from("jti-0")),
    });
    look(&RefreshReplayed {
        request,
        claims: claims(),
        family: family(),
        previous_jti: Some(Text::from("jti-0")),
    });
    look(&RefreshReused {
        request,
        claims: claims(),
        family: family(),
    });
    for known in [false, true] {
        look(&RefreshRefused {
            request,
            reason: Reason::RefreshUnknown,
            claims: known.then(claims),
            family: known.then(family),
        });
    }
}

fn quarantine(look: &mut impl FnMut(&dyn Event)) {
    let correlation = &correlation();
    look(&QuarantineAdded {
        correlation,
        actor: Text::from("rule:token-replayed"),
        rule: Some(Text::from("token-replayed")),
        target: Text::from("token:jti-1"),
        until: Some(Timestamp::MAX),
    });
    look(&QuarantineReleased {
        correlation,
        actor: Text::from("operator"),
        target: Text::from("token:jti-1"),
    });
    look(&QuarantineExpired {
        correlation,
        target: Text::from("token:jti-1"),
    });
}

fn system(look: &mut impl FnMut(&dyn Event)) {
    let correlation = &correlation();
    look(&KeysRefreshed {
        correlation,
        issuer: Text::from("https://login.example"),
    });
    look(&KeysFailed {
        correlation,
        issuer: Text::from("https://login.example"),
    });
    look(&ConfigUnsafe {
        correlation,
        option: Text::from("dangerous_any_audience"),
    });
    look(&AuditDropped {
        correlation,
        sink: Text::from("monitor"),
        count: 5,
        kind: DroppedKind::Unverified,
        reason: Reason::BackendUnavailable,
    });
    look(&Heartbeat {
        correlation,
        last_seq: 9,
        counts: Counts::default(),
        last: true,
    });
    look(&LimitsDegraded {
        correlation,
        reason: Reason::BackendUnavailable,
    });
    look(&ProxySuspected {
        correlation,
        client_ip: Text::from("192.0.2.7"),
    });
    look(&RulesChanged {
        correlation,
        actor: Text::from("operator"),
        rule: Text::from("token-replayed"),
        target: Text::from("threshold"),
    });
    look(&OutputChanged {
        correlation,
        actor: Text::from("operator"),
        target: Text::from("webhook"),
    });
    look(&AlertRaised {
        correlation,
        rule: Text::from("token-replayed"),
        target: Text::from("alert-1"),
    });
}
