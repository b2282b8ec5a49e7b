use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, KeyValue, KeyValueList, any_value::Value,
};

use crate::{Counts, Record, Text};

/// The attributes of a log record, each key at most once.
pub(super) fn of(record: &Record<'_>) -> Vec<KeyValue> {
    let mut out = Attributes::default();
    always(&mut out, record);
    token(&mut out, record);
    authorization(&mut out, record);
    request(&mut out, record);
    named(&mut out, record);
    out.0
}

fn always(out: &mut Attributes, record: &Record<'_>) {
    out.string("log.record.uid", record.event_id.to_string());
    out.string("jwtrail.kind", record.kind.as_str());
    out.number("jwtrail.seq", record.seq);
    out.string("jwtrail.outcome", record.outcome.as_str());
    out.word("error.type", record.reason.map(crate::Reason::as_str));
    if let Some(steps) = &record.steps {
        let taken = steps.taken();
        out.list(
            "jwtrail.steps",
            taken.map(|(step, result)| format!("{step}:{}", result.as_str())),
        );
    }
    out.string("jwtrail.token.trust", record.trust.as_str());
    out.text("jwtrail.correlation_id", &record.correlation_id);
    out.string(
        "jwtrail.correlation_source",
        record.correlation_source.as_str(),
    );
    let linked = record.linked_trace_id.map(|id| id.to_string());
    out.word("jwtrail.linked_trace_id", linked);
}

fn token(out: &mut Attributes, record: &Record<'_>) {
    out.optional("jwtrail.token.jti", record.token_jti.as_ref());
    out.optional("user.id", record.token_sub.as_ref());
    out.optional("jwtrail.token.issuer", record.token_iss.as_ref());
    if let Some(audience) = &record.token_aud {
        let names = audience.iter().map(|name| name.as_str().to_owned());
        out.list("jwtrail.token.audience", names);
    }
    out.optional("jwtrail.client.id", record.client_id.as_ref());
    out.optional("jwtrail.token.scope", record.token_scope.as_ref());
    out.optional("jwtrail.scope_class", record.scope_class.as_ref());
    out.signed("jwtrail.token.expires_at", record.token_exp);
    out.signed("jwtrail.token.issued_at", record.token_iat);
    out.optional("jwtrail.claimed.jti", record.claimed_jti.as_ref());
    out.optional("jwtrail.claimed.sub", record.claimed_sub.as_ref());
    out.optional("jwtrail.claimed.iss", record.claimed_iss.as_ref());
    out.optional("jwtrail.token.kid", record.token_kid.as_ref());
    out.optional("jwtrail.token.alg", record.token_alg.as_ref());
    out.optional("jwtrail.token.typ", record.token_typ.as_ref());
    out.optional("jwtrail.token.fingerprint", record.token_fp.as_ref());
    out.optional("jwtrail.refresh.family", record.refresh_family.as_ref());
    out.counted("jwtrail.refresh.generation", record.refresh_generation);
    out.optional("jwtrail.refresh.previous_jti", record.previous_jti.as_ref());
}

fn authorization(out: &mut Attributes, record: &Record<'_>) {
    let decision = record.authz.map(crate::Authz::as_str);
    out.word("jwtrail.authz.decision", decision);
    let [required, missing] = [&record.required_scope, &record.missing_scope];
    out.optional("jwtrail.authz.required_scope", required.as_ref());
    out.optional("jwtrail.authz.missing_scope", missing.as_ref());
    out.optional("jwtrail.authz.object_type", record.object_type.as_ref());
}

fn request(out: &mut Attributes, record: &Record<'_>) {
    out.optional("client.address", record.client_ip.as_ref());
    out.optional("network.peer.address", record.peer_ip.as_ref());
    out.word("jwtrail.hop", record.hop.map(crate::Hop::as_str));
    out.optional("user_agent.original", record.user_agent.as_ref());
    out.optional("jwtrail.origin", record.origin.as_ref());
    out.optional("http.request.method", record.method.as_ref());
    out.optional("http.route", record.route.as_ref());
    let status = record.status.map(u64::from);
    out.counted("http.response.status_code", status);
    out.word("jwtrail.exit", record.exit.map(crate::Exit::as_str));
    out.flag("jwtrail.enforced", record.enforced);
    out.counted("jwtrail.duration_us", record.duration_us);
    out.word("jwtrail.cache", record.cache.map(crate::CacheUse::as_str));
}

fn named(out: &mut Attributes, record: &Record<'_>) {
    out.optional("jwtrail.issuer", record.issuer.as_ref());
    out.optional("jwtrail.option", record.option.as_ref());
    out.optional("jwtrail.sink", record.sink.as_ref());
    out.counted("jwtrail.dropped_count", record.dropped_count);
    let kind = record.dropped_kind.map(crate::DroppedKind::as_str);
    out.word("jwtrail.dropped_kind", kind);
    out.counted("jwtrail.last_seq", record.last_seq);
    if let Some(counts) = &record.counts {
        out.counts(counts);
    }
    out.flag("jwtrail.final", record.r#final);
    out.optional("jwtrail.actor", record.actor.as_ref());
    out.optional("jwtrail.rule", record.rule.as_ref());
    out.optional("jwtrail.target", record.target.as_ref());
    out.word("jwtrail.until", record.until.map(|t| t.to_string()));
    out.optional("jwtrail.producer", record.producer.as_ref());
    let received = record.received_at.map(|t| t.to_string());
    out.word("jwtrail.received_at", received);
    out.counted("jwtrail.position", record.position);
}

#[derive(Default)]
pub(super) struct Attributes(Vec<KeyValue>);

impl Attributes {
    pub(super) fn into_inner(self) -> Vec<KeyValue> {
        self.0
    }

    pub(super) fn text(&mut self, key: &str, text: &Text<'_>) {
        self.string(key, text.as_str());
    }

    fn string(&mut self, key: &str, text: impl Into<String>) {
        self.push(key, Value::StringValue(text.into()));
    }

    fn optional(&mut self, key: &str, text: Option<&Text<'_>>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn word(&mut self, key: &str, word: Option<impl Into<String>>) {
        if let Some(word) = word {
            self.string(key, word);
        }
    }

    fn list(&mut self, key: &str, texts: impl Iterator<Item = String>) {
        let values = texts.map(|text| any(Value::StringValue(text))).collect();
        self.push(key, Value::ArrayValue(ArrayValue { values }));
    }

    fn number(&mut self, key: &str, number: u64) {
        self.push(key, integer(number));
    }

    fn counted(&mut self, key: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.number(key, number);
        }
    }

    fn signed(&mut self, key: &str, number: Option<i64>) {
        if let Some(number) = number {
            self.push(key, Value::IntValue(number));
        }
    }

    fn flag(&mut self, key: &str, flag: Option<bool>) {
        if let Some(flag) = flag {
            self.push(key, Value::BoolValue(flag));
        }
    }

    fn counts(&mut self, counts: &Counts) {
        let values = [
            ("accepted", counts.accepted),
            ("missing", counts.missing),
            ("rejected", counts.rejected),
            ("denied", counts.denied),
            ("limited", counts.limited),
            ("dropped", counts.dropped),
        ];
        let values = values
            .map(|(key, count)| pair(key, integer(count)))
            .to_vec();
        self.push(
            "jwtrail.counts",
            Value::KvlistValue(KeyValueList { values }),
        );
    }

    fn push(&mut self, key: &str, value: Value) {
        self.0.push(pair(key, value));
    }
}

fn pair(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(any(value)),
        ..KeyValue::default()
    }
}

fn any(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

/// OTLP has signed numbers only.
fn integer(number: u64) -> Value {
    Value::IntValue(i64::try_from(number).unwrap_or(i64::MAX))
}
