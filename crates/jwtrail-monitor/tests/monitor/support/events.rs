use std::path::Path;

use jwtrail_event::{
    CacheUse, EventId, EventName, Exit, Hop, Outcome, Reason, Record, Steps, Text, Timestamp,
    TraceId, Trust,
};

/// The lines of a rule's fixture.
pub(crate) fn fixture(rule: &str, which: &str) -> String {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/fixtures");
    std::fs::read_to_string(rules.join(rule).join(format!("{which}.ndjson"))).unwrap()
}

/// An accepted or rejected request of the orders API at a second of the fixtures' day.
pub(crate) fn decision(id: u128, time: Timestamp, accepted: bool) -> Record<'static> {
    let (event, outcome) = if accepted {
        (EventName::TokenAccepted, Outcome::Success)
    } else {
        (EventName::TokenRejected, Outcome::Failure)
    };
    let mut record = Record::new(event, outcome, time);
    record.event_id = EventId::from_u128((7 << 76) + (2 << 62) + id);
    record.service = Text::from("orders-api");
    record.service_version = Text::from("1.0.0");
    record.instance = Text::from("orders-1");
    record.boot_id = Text::from("boot");
    record.seq = u64::try_from(id).unwrap();
    record.trace_id = TraceId::from_bits(id);
    record.correlation_id = Text::from(format!("request-{id}"));
    record.trust = if accepted {
        Trust::Verified
    } else {
        Trust::Signed
    };
    record.reason = (!accepted).then_some(Reason::Expired);
    record.steps = Some(Steps::default());
    record.token_jti = Some(Text::from(format!("jti-{id}")));
    record.token_sub = Some(Text::from(format!("user-{}", id % 2)));
    record.token_iss = Some(Text::from("https://login.example"));
    record.token_fp = Some(Text::from(format!("k1:{id:032x}")));
    record.client_ip = Some(Text::from("203.0.113.7"));
    record.peer_ip = Some(Text::from("203.0.113.7"));
    record.hop = Some(Hop::Edge);
    record.method = Some(Text::from("GET"));
    record.route = Some(Text::from("/orders"));
    record.status = Some(if accepted { 200 } else { 401 });
    record.exit = Some(Exit::Responded);
    record.enforced = Some(true);
    record.duration_us = Some(10);
    record.cache = Some(CacheUse::Miss);
    record
}

/// A reused refresh token of a family.
pub(crate) fn reused(id: u128, time: Timestamp, family: &str, sub: &str) -> Record<'static> {
    let mut record = decision(id, time, false);
    record.event = EventName::RefreshReused;
    record.kind = EventName::RefreshReused.kind();
    record.reason = Some(Reason::RefreshReused);
    record.steps = None;
    record.status = None;
    record.exit = None;
    record.enforced = None;
    record.duration_us = None;
    record.cache = None;
    record.token_sub = Some(Text::from(sub.to_owned()));
    record.refresh_family = Some(Text::from(family.to_owned()));
    record.refresh_generation = Some(2);
    record
}

/// Records as a body of NDJSON.
pub(crate) fn lines<'a>(records: impl IntoIterator<Item = &'a Record<'a>>) -> String {
    let mut body = Vec::new();
    for record in records {
        record.write_ndjson(&mut body);
    }
    String::from_utf8(body).unwrap()
}
