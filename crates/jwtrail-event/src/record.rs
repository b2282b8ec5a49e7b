use crate::{
    Authz, CacheUse, CorrelationSource, DroppedKind, EventId, EventName, Exit, Hop, Kind, Outcome,
    Reason, RenderedToken, SpanId, Steps, Text, Timestamp, TraceId, Trust,
};

macro_rules! record {
    (
        required { $($(#[$rmeta:meta])* $rname:ident: $rtype:ty,)+ }
        optional { $($(#[$ometa:meta])* $oname:ident: $otype:ty,)+ }
    ) => {
        /// One audit record, flat as it stands on its line: the wire form of every event.
        ///
        /// Product code builds it from the events of [`events`](crate::events), which can only
        /// say what is true of them; readers borrow it from the line.
        ///
        /// ```
        /// use jwtrail_event::{EventName, Kind, Outcome, Record, Timestamp};
        ///
        /// let now = Timestamp::from_seconds(1_800_000_000);
        /// let record = Record::new(EventName::TokenIssued, Outcome::Success, now);
        /// assert_eq!(record.kind, Kind::Lifecycle);
        /// ```
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(title = "jwtrail audit event", description = DESCRIPTION))]
        #[non_exhaustive]
        pub struct Record<'a> {
            $($(#[$rmeta])* pub $rname: $rtype,)+
            $($(#[$ometa])* pub $oname: Option<$otype>,)+
            /// Stands for what the token says, in the place of those fields.
            #[serde(skip)]
            #[cfg_attr(feature = "schema", schemars(skip))]
            pub(crate) rendered: Option<&'a RenderedToken>,
        }

        /// The name of every field that a record can have, in the order of the line.
        pub const FIELD_NAMES: &[&str] =
            &[$(stringify!($rname),)+ $(unescaped(stringify!($oname)),)+];

        impl<'a> Record<'a> {
            /// A record of an event that has nothing optional yet and has not been stamped.
            #[must_use]
            pub fn new(event: EventName, outcome: Outcome, time: Timestamp) -> Self {
                Self {
                    time,
                    event_id: EventId::default(),
                    schema_version: SCHEMA_VERSION,
                    kind: event.kind(),
                    event,
                    service: Text::default(),
                    service_version: Text::default(),
                    instance: Text::default(),
                    boot_id: Text::default(),
                    seq: 0,
                    outcome,
                    trust: Trust::None,
                    correlation_id: Text::default(),
                    correlation_source: CorrelationSource::Generated,
                    trace_id: TraceId::from_bits(0),
                    span_id: SpanId::from_bits(0),
                    $($oname: None,)+
                    rendered: None,
                }
            }
        }
    };
}

record! {
    required {
        /// When the decision fell: RFC 3339 UTC, microseconds.
        time: Timestamp,
        /// UUID version 7.
        event_id: EventId,
        /// The version of this schema.
        schema_version: u32,
        /// What the event is about.
        kind: Kind,
        /// What happened.
        event: EventName,
        /// The service that wrote the record.
        #[serde(borrow)]
        service: Text<'a>,
        /// Its version.
        #[serde(borrow)]
        service_version: Text<'a>,
        /// The instance of the service.
        #[serde(borrow)]
        instance: Text<'a>,
        /// One start of the instance.
        #[serde(borrow)]
        boot_id: Text<'a>,
        /// Number of the record in its boot, from 0, without gaps.
        seq: u64,
        /// How it ended.
        outcome: Outcome,
        /// How far the claims may be believed.
        trust: Trust,
        /// Joins the records and log lines of one request.
        #[serde(borrow)]
        correlation_id: Text<'a>,
        /// Where the correlation id came from.
        correlation_source: CorrelationSource,
        /// W3C trace id.
        trace_id: TraceId,
        /// W3C span id.
        span_id: SpanId,
    }
    optional {
        /// Why it failed.
        reason: Reason,
        /// Each step that was taken, `step:ok` or `step:reason`.
        steps: Steps,
        /// `jti` of a token whose signature held.
        #[serde(borrow)]
        token_jti: Text<'a>,
        /// `sub` of a token whose signature held.
        #[serde(borrow)]
        token_sub: Text<'a>,
        /// `iss` of a token whose signature held.
        #[serde(borrow)]
        token_iss: Text<'a>,
        /// `aud` of a token whose signature held.
        #[serde(borrow)]
        token_aud: Vec<Text<'a>>,
        /// The OAuth client.
        #[serde(borrow)]
        client_id: Text<'a>,
        /// The scope as granted, space-separated.
        #[serde(borrow)]
        token_scope: Text<'a>,
        /// The class of the scope as configured, e.g. `admin`.
        #[serde(borrow)]
        scope_class: Text<'a>,
        /// `exp`, seconds since the epoch.
        token_exp: i64,
        /// `iat`, seconds since the epoch.
        token_iat: i64,
        /// `jti` that an unverified token claims.
        #[serde(borrow)]
        claimed_jti: Text<'a>,
        /// `sub` that an unverified token claims, or the name of a failed login.
        #[serde(borrow)]
        claimed_sub: Text<'a>,
        /// `iss` that an unverified token claims.
        #[serde(borrow)]
        claimed_iss: Text<'a>,
        /// `kid` as sent.
        #[serde(borrow)]
        token_kid: Text<'a>,
        /// `alg` as sent.
        #[serde(borrow)]
        token_alg: Text<'a>,
        /// `typ` as sent.
        #[serde(borrow)]
        token_typ: Text<'a>,
        /// Fingerprint of the whole token: key id, colon, 128 bits.
        #[serde(borrow)]
        token_fp: Text<'a>,
        /// What authorization said.
        authz: Authz,
        /// The scope that was asked for.
        #[serde(borrow)]
        required_scope: Text<'a>,
        /// What was missing of it.
        #[serde(borrow)]
        missing_scope: Text<'a>,
        /// The type of the object that policy protected.
        #[serde(borrow)]
        object_type: Text<'a>,
        /// The refresh token's family.
        #[serde(borrow)]
        refresh_family: Text<'a>,
        /// The refresh token's generation in its family.
        refresh_generation: u64,
        /// The access token that this one follows.
        #[serde(borrow)]
        previous_jti: Text<'a>,
        /// The trace that the request claimed to belong to, where it was not trusted.
        linked_trace_id: TraceId,
        /// The client's address, seen through trusted proxies only.
        #[serde(borrow)]
        client_ip: Text<'a>,
        /// The address at the other end of the connection.
        #[serde(borrow)]
        peer_ip: Text<'a>,
        /// Whether the request came from outside.
        hop: Hop,
        /// The `User-Agent` header.
        #[serde(borrow)]
        user_agent: Text<'a>,
        /// The `Origin` header.
        #[serde(borrow)]
        origin: Text<'a>,
        /// The HTTP method.
        #[serde(borrow)]
        method: Text<'a>,
        /// The route's pattern.
        #[serde(borrow)]
        route: Text<'a>,
        /// The answer's status; absent unless the service responded.
        status: u16,
        /// How the request left the service.
        exit: Exit,
        /// Whether the decision was carried out (false: observe only).
        enforced: bool,
        /// Microseconds from the request's arrival to the answer's head.
        duration_us: u64,
        /// What the verified-token cache said.
        cache: CacheUse,
        /// The issuer whose keys these are.
        #[serde(borrow)]
        issuer: Text<'a>,
        /// The unsafe option in force.
        #[serde(borrow)]
        option: Text<'a>,
        /// The sink that lost records.
        #[serde(borrow)]
        sink: Text<'a>,
        /// How many records were lost.
        dropped_count: u64,
        /// Which kind of records was lost.
        dropped_kind: DroppedKind,
        /// The last number that this boot gave.
        last_seq: u64,
        /// What this boot has decided so far.
        counts: Counts,
        /// Whether this is the heartbeat of a clean stop.
        r#final: bool,
        /// Who did it.
        #[serde(borrow)]
        actor: Text<'a>,
        /// The rule concerned.
        #[serde(borrow)]
        rule: Text<'a>,
        /// What it was done to.
        #[serde(borrow)]
        target: Text<'a>,
        /// Until when it holds.
        until: Timestamp,
        /// Added by the monitor: the producer that delivered the record.
        #[serde(borrow)]
        producer: Text<'a>,
        /// Added by the monitor: when the record arrived.
        received_at: Timestamp,
        /// Added by the monitor: the record's position in the log.
        position: u64,
    }
}

/// The name of a field, whether it is a word of the language or not.
const fn unescaped(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// What a boot has decided so far.
///
/// ```
/// use jwtrail_event::Counts;
/// assert_eq!(Counts::default().accepted, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(description = "What a boot has decided so far.")
)]
#[non_exhaustive]
pub struct Counts {
    /// Requests accepted.
    pub accepted: u64,
    /// Requests without a token.
    pub missing: u64,
    /// Tokens rejected.
    pub rejected: u64,
    /// Requests denied by scope or policy.
    pub denied: u64,
    /// Requests over a limit.
    pub limited: u64,
    /// Records lost.
    pub dropped: u64,
}

/// The version that this crate writes, and the newest that it reads.
///
/// ```
/// assert_eq!(jwtrail_event::SCHEMA_VERSION, 1);
/// ```
pub const SCHEMA_VERSION: u32 = 1;

/// What the schema says of a record.
#[cfg(feature = "schema")]
const DESCRIPTION: &str = "One audit record, flat as it stands on its line: the wire form of every event.\n\nProduct code builds it from the events of [`events`](crate::events), which can only\nsay what is true of them; readers borrow it from the line.";
