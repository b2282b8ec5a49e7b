use jwtrail_event::{
    CacheUse, Counts, EventId, EventName, Hop, Outcome, Reason, Record, SpanId, Text, Timestamp,
    TraceId, Trust,
};

/// Lines of NDJSON, one behind the other.
#[derive(Default)]
pub struct Lines {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Lines {
    /// The lines in their order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|at| self.get(at))
    }

    /// One line; an empty one where there is none.
    pub fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).and_then(|at| self.ends.get(at));
        let start = start.copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Their bytes together.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a line.
    pub fn push(&mut self, record: &Record<'_>) {
        record.write_ndjson(&mut self.bytes);
        self.ends.push(self.bytes.len());
    }
}

/// Who delivered a record.
pub fn producer(record: &Record<'_>) -> &'static str {
    PRODUCERS[record.seq as usize % PRODUCERS.len()]
}

/// A day's mix at 5,000 events a second: of a thousand, 950 tokens are accepted at the edge, 20
/// refreshed, 10 denied for a scope, 8 expired, 4 without a token, 3 logins good and 2 bad, 2
/// heartbeats and one forged token.
pub fn traffic(events: u64, subjects: u64) -> Lines {
    let mut lines = Lines::default();
    for n in 0..events {
        let drawn = mix(n);
        let subject = Subject::new(drawn % subjects.max(1));
        let kind = mix(drawn) % 1_000;
        lines.push(&record(n, drawn, kind, &subject));
    }
    lines
}

/// A flood: each event is rejected for another reason in turn and has a token, a subject and an
/// address that no other has.
pub fn flood(events: u64) -> Lines {
    let reasons = [
        Reason::BadSignature,
        Reason::UnknownKey,
        Reason::UntrustedKey,
    ];
    let mut lines = Lines::default();
    for n in 0..events {
        let subject = Subject::new(n);
        let mut record = record(n, mix(n), 0, &subject);
        record.reason = reasons.get(n as usize % reasons.len()).copied();
        lines.push(&record);
    }
    lines
}

/// Who acts, and whence.
struct Subject {
    number: u64,
    sub: String,
    jti: String,
    family: String,
    fingerprint: String,
    address: String,
}

impl Subject {
    fn new(number: u64) -> Self {
        let bits = u128::from(mix(number)) << 64 | u128::from(number);
        Self {
            number,
            sub: format!("user-{number}"),
            jti: EventId::from_u128(bits).to_string(),
            family: format!("f-{number:016x}"),
            fingerprint: format!("k1:{bits:032x}"),
            address: format!(
                "10.{}.{}.{}",
                number >> 16 & 255,
                number >> 8 & 255,
                number & 255
            ),
        }
    }
}

fn record<'a>(n: u64, drawn: u64, kind: u64, subject: &'a Subject) -> Record<'a> {
    let (event, reason, trust, status) = match kind {
        0 => (
            EventName::TokenRejected,
            Some(Reason::BadSignature),
            Trust::None,
            401,
        ),
        1..9 => (
            EventName::TokenRejected,
            Some(Reason::Expired),
            Trust::Signed,
            401,
        ),
        9..19 => (
            EventName::AccessDenied,
            Some(Reason::InsufficientScope),
            Trust::Verified,
            403,
        ),
        19..39 => (EventName::TokenRefreshed, None, Trust::Verified, 200),
        39..43 => (
            EventName::TokenMissing,
            Some(Reason::Missing),
            Trust::None,
            401,
        ),
        43..46 => (EventName::LoginSucceeded, None, Trust::Verified, 200),
        46..48 => (
            EventName::LoginFailed,
            Some(Reason::BadCredentials),
            Trust::None,
            401,
        ),
        48..50 => (EventName::Heartbeat, None, Trust::None, 0),
        _ => (EventName::TokenAccepted, None, Trust::Verified, 200),
    };
    let outcome = if reason.is_some() {
        Outcome::Failure
    } else {
        Outcome::Success
    };
    let time = Timestamp::from_micros(START + (n * 200) as i64);
    let mut record = Record::new(event, outcome, time);
    record.event_id = EventId::v7(time, &id_bytes(drawn));
    record.service = Text::from("orders");
    record.service_version = Text::from("1.4.0");
    record.instance = Text::from("orders-1");
    record.boot_id = Text::from("b1");
    record.seq = n;
    record.reason = reason;
    record.trust = trust;
    record.correlation_id = Text::from(subject.family.as_str());
    record.trace_id = TraceId::from_bits(u128::from(drawn) << 64 | u128::from(n));
    record.span_id = SpanId::from_bits(drawn);
    if event == EventName::Heartbeat {
        record.counts = Some(Counts::default());
        return record;
    }
    record.hop = Some(Hop::Edge);
    record.client_ip = Some(Text::from(subject.address.as_str()));
    record.user_agent = Some(Text::from(AGENTS[subject.number as usize % AGENTS.len()]));
    record.method = Some(Text::from("GET"));
    record.route = Some(Text::from("/orders/{id}"));
    record.status = Some(status);
    record.duration_us = Some(drawn % 9_000);
    let has_token = event != EventName::TokenMissing && event != EventName::LoginFailed;
    if has_token && trust == Trust::None {
        record.claimed_iss = Some(Text::from(ISSUER));
        record.claimed_sub = Some(Text::from(subject.sub.as_str()));
        record.claimed_jti = Some(Text::from(subject.jti.as_str()));
        record.token_fp = Some(Text::from(subject.fingerprint.as_str()));
    } else if has_token {
        record.token_iss = Some(Text::from(ISSUER));
        record.token_sub = Some(Text::from(subject.sub.as_str()));
        record.token_jti = Some(Text::from(subject.jti.as_str()));
        record.token_scope = Some(Text::from("orders:read"));
        record.cache = Some(CacheUse::Hit);
    } else {
        record.claimed_sub = Some(Text::from(subject.sub.as_str()));
    }
    match event {
        EventName::AccessDenied => record.missing_scope = Some(Text::from("orders:write")),
        EventName::TokenRefreshed => {
            record.refresh_family = Some(Text::from(subject.family.as_str()));
            record.refresh_generation = Some(n);
        }
        _ => {}
    }
    record
}

fn id_bytes(drawn: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&drawn.to_le_bytes());
    bytes
}

/// SplitMix64: the same numbers in every run.
const fn mix(n: u64) -> u64 {
    let z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

const START: i64 = 1_772_000_000_000_000;
const PRODUCERS: [&str; 2] = ["orders", "basket"];
const ISSUER: &str = "https://login.example";
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "orders-app/3.1",
    "python-requests/2.31",
];
