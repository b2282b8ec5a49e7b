//! Short ways to say what happened.

use jwtrail_detect::{Alert, AlertChange, Engine, Observation, RuleSet};
use jwtrail_event::{
    EventId, EventName, Hop, Outcome, Reason, Record, Text, Timestamp, TraceId, Trust,
};

pub(crate) const START: i64 = 1_772_000_000_000;
pub(crate) const MINUTE: i64 = 60_000;

/// An event at so many milliseconds after the start, from an address, of a token.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    pub(crate) at: i64,
    /// When it arrives; the same, unless said.
    pub(crate) arrives: i64,
    pub(crate) id: u64,
    pub(crate) event: EventName,
    pub(crate) reason: Option<Reason>,
    pub(crate) trust: Trust,
    pub(crate) token: String,
    pub(crate) sub: String,
    pub(crate) address: String,
    pub(crate) agent: String,
    pub(crate) scope: String,
    pub(crate) hop: Hop,
    pub(crate) trace: u128,
    pub(crate) producer: String,
    pub(crate) instance: String,
    pub(crate) boot: u8,
    /// Its number within the boot; that of its id, unless said.
    pub(crate) seq: Option<u64>,
}

pub(crate) fn rejected(at: i64, reason: Reason, token: &str) -> Happening {
    Happening {
        at,
        arrives: at,
        id: u64::try_from(at + 1_000_000).unwrap(),
        event: EventName::TokenRejected,
        reason: Some(reason),
        trust: Trust::None,
        token: token.to_owned(),
        sub: "user-1".to_owned(),
        address: "192.0.2.1".to_owned(),
        agent: "curl/8".to_owned(),
        scope: String::new(),
        hop: Hop::Edge,
        trace: u128::try_from(at + 1_000_000).unwrap(),
        producer: "orders".to_owned(),
        instance: "orders-api-1".to_owned(),
        boot: 0,
        seq: None,
    }
}

pub(crate) fn accepted(at: i64, token: &str, address: &str, agent: &str) -> Happening {
    Happening {
        event: EventName::TokenAccepted,
        reason: None,
        trust: Trust::Verified,
        address: address.to_owned(),
        agent: agent.to_owned(),
        ..rejected(at, Reason::Expired, token)
    }
}

pub(crate) fn denied(at: i64, sub: &str, scope: &str) -> Happening {
    Happening {
        event: EventName::AccessDenied,
        reason: Some(Reason::InsufficientScope),
        sub: sub.to_owned(),
        scope: scope.to_owned(),
        ..accepted(at, "t", "192.0.2.1", "curl/8")
    }
}

impl Happening {
    pub(crate) fn record(&self) -> Record<'_> {
        let outcome = if self.reason.is_some() {
            Outcome::Failure
        } else {
            Outcome::Success
        };
        let time = Timestamp::from_millis(START + self.at);
        let mut record = Record::new(self.event, outcome, time);
        record.event_id = EventId::from_u128(u128::from(self.id) + 1);
        record.service = Text::from("orders-api");
        record.instance = Text::from(&self.instance);
        record.boot_id = Text::from(format!("boot-{}", self.boot));
        record.seq = self.seq.unwrap_or(self.id);
        record.reason = self.reason;
        record.trust = self.trust;
        record.token_fp = Some(Text::from(&self.token));
        record.client_ip = Some(Text::from(&self.address)).filter(|_| !self.address.is_empty());
        record.user_agent = Some(Text::from(&self.agent));
        record.hop = Some(self.hop);
        record.refresh_generation = Some(self.id % 1_000);
        record.trace_id = TraceId::from_bits(self.trace);
        if self.trust == Trust::None {
            record.claimed_sub = Some(Text::from(&self.sub));
            record.claimed_iss = Some(Text::from("https://login.example"));
        } else {
            record.token_sub = Some(Text::from(&self.sub));
            record.token_iss = Some(Text::from("https://login.example"));
            record.token_jti = Some(Text::from(&self.token));
        }
        if !self.scope.is_empty() {
            record.missing_scope = Some(Text::from(&self.scope));
        }
        record
    }

    pub(crate) fn arriving(self, arrives: i64) -> Self {
        Self { arrives, ..self }
    }

    pub(crate) fn written_by(self, instance: &str) -> Self {
        Self {
            instance: instance.to_owned(),
            ..self
        }
    }

    pub(crate) fn through(self, producer: &str) -> Self {
        Self {
            producer: producer.to_owned(),
            ..self
        }
    }
}

pub(crate) fn embedded() -> RuleSet {
    RuleSet::embedded().unwrap()
}

/// Only one of the shipped rules.
pub(crate) fn only(name: &str) -> RuleSet {
    let all = embedded();
    let names: Vec<String> = all.infos().map(|info| info.name.clone()).collect();
    let others = names.iter().filter(|other| *other != name);
    let one = others.fold(all, |set, other| set.without(other));
    assert_eq!(one.infos().len(), 1, "{name} is no shipped rule");
    one
}

pub(crate) fn feed(engine: &mut Engine, position: u64, happening: &Happening) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    engine.observe(
        &Observation {
            record: &happening.record(),
            position,
            received_at: Timestamp::from_millis(START + happening.arrives),
            producer: &happening.producer,
        },
        &mut changes,
    );
    changes
}

/// Every change, the end included.
pub(crate) fn run(rules: RuleSet, happenings: &[Happening]) -> Vec<AlertChange> {
    let mut engine = Engine::new(rules);
    let mut changes = Vec::new();
    for (position, happening) in happenings.iter().enumerate() {
        changes.extend(feed(&mut engine, position as u64, happening));
    }
    engine.finish(&mut changes);
    changes
}

/// The final alerts.
pub(crate) fn alerts(rules: RuleSet, happenings: &[Happening]) -> Vec<Alert> {
    let resolved = |change| match change {
        AlertChange::Resolved(alert) => Some(alert),
        _ => None,
    };
    let changes = run(rules, happenings).into_iter();
    changes.filter_map(resolved).collect()
}

pub(crate) fn advance(engine: &mut Engine, to: i64) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    engine.advance(Timestamp::from_millis(START + to), &mut changes);
    changes
}
