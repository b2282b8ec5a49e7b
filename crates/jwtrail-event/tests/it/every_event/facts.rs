//! What the events are made of, as full as it can be.

use jwtrail_event::events::{
    Answer, Authorization, Claims, Correlation, Family, Request, TokenHeader,
};
use jwtrail_event::{
    Authz, CacheUse, CorrelationSource, Exit, Hop, SpanId, Step, Steps, Text, TraceId,
};

pub(crate) fn request() -> Request<'static> {
    Request {
        correlation: correlation(),
        client_ip: [192, 0, 2, 7].into(),
        peer_ip: [10, 0, 0, 1].into(),
        hop: Hop::Edge,
        user_agent: Some(Text::from("curl/8")),
        origin: Some(Text::from("https://shop.example")),
        method: Text::from("GET"),
        route: Text::from("/orders/{id}"),
    }
}

pub(crate) fn correlation() -> Correlation<'static> {
    Correlation {
        id: Text::from("c-1"),
        source: CorrelationSource::Incoming,
        trace_id: TraceId::from_bits(11),
        span_id: SpanId::from_bits(12),
        linked_trace_id: Some(TraceId::from_bits(13)),
    }
}

pub(crate) fn answer(status: u16) -> Answer {
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

pub(crate) fn header() -> TokenHeader<'static> {
    TokenHeader {
        kid: Some(Text::from("k1")),
        alg: Some(Text::from("ES256")),
        typ: Some(Text::from("at+jwt")),
        fingerprint: Some(Text::from("f1:00112233445566778899aabbccddeeff")),
    }
}

pub(crate) fn claims() -> Claims<'static> {
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

pub(crate) fn family() -> Family<'static> {
    Family {
        id: Text::from("fam-1"),
        generation: 3,
    }
}

pub(crate) fn authorization(authz: Authz) -> Authorization<'static> {
    Authorization {
        authz,
        required_scope: Some(Text::from("orders:write")),
        missing_scope: (authz == Authz::Denied).then(|| Text::from("orders:write")),
        object_type: Some(Text::from("order")),
    }
}
