use jwtrail_event::{
    Authz, CacheUse, CorrelationSource, Counts, DroppedKind, EventName, Exit, Hop, Kind, Outcome,
    Reason, Record, SpanId, Step, Steps, Text, Timestamp, TraceId, Trust,
};

use super::address::Address;
use super::catalogue::{
    CLIENTS, FIRST_FOREIGN_ORIGIN, FIRST_MACHINE_CLIENT, NO_SCOPE, ORIGINS, SCOPES, SERVICES,
    issuer, route, scope_class, write_agent,
};
use super::draft::{Detail, Draft};
use super::fleet::Fleet;
use super::names::{self, push_number};
use super::queue::{Stamp, Waiting};
use super::random::mix;

/// The texts of one record, in buffers that the next one uses again.
#[derive(Debug, Default)]
pub(super) struct Texts {
    jti: String,
    previous: String,
    subject: String,
    fingerprint: String,
    family: String,
    correlation: String,
    address: String,
    peer: String,
    agent: String,
    sends_agent: bool,
    origin: String,
    client: String,
    scope: String,
    boot: String,
}

impl Texts {
    /// Writes what the draft needs; then [`Texts::record`] borrows it.
    pub(super) fn write(&mut self, waiting: &Waiting, seed: u64) {
        let Waiting { draft, stamp } = waiting;
        let credential = &draft.credential;
        names::hex(mix(stamp.number), &mut self.correlation);
        self.boot.clear();
        self.boot.push_str("boot-");
        push_number(stamp.instance.into(), &mut self.boot);
        self.boot.push('-');
        push_number(stamp.boot, &mut self.boot);
        if draft.event.kind() == Kind::System {
            return;
        }
        names::token(credential.token, seed, &mut self.jti);
        names::token(credential.previous, seed, &mut self.previous);
        names::fingerprint(credential.token, seed, &mut self.fingerprint);
        names::family(credential.family, seed, &mut self.family);
        names::subject(credential.who, &mut self.subject);
        draft.source.address.write(&mut self.address);
        if draft.internal {
            Address::internal(u64::from(stamp.instance)).write(&mut self.peer);
        } else {
            Address::v4(10, 0, 0, 5 + stamp.instance).write(&mut self.peer);
        }
        self.sends_agent = write_agent(draft.source.agent, &mut self.agent);
        write_origin(draft.source.origin, &mut self.origin);
        write_client(credential.client, &mut self.client);
        write_scope(credential.granted, &mut self.scope);
    }

    /// The record of what was written last.
    pub(super) fn record<'a>(&'a self, waiting: &Waiting, fleet: &'a Fleet) -> Record<'a> {
        let Waiting { draft, stamp } = waiting;
        let outcome = match draft.reason {
            Some(_) => Outcome::Failure,
            None => Outcome::Success,
        };
        let time = Timestamp::from_micros(stamp.clock);
        let mut record = Record::new(draft.event, outcome, time);
        record.reason = draft.reason;
        record.event_id = draft.cause.event_id(time, stamp.number);
        if let Some(instance) = fleet.get(stamp.instance) {
            record.instance = Text::from(&instance.name);
            if let Some(service) = SERVICES.get(usize::from(instance.service)) {
                record.service = Text::from(service.name);
                record.service_version = Text::from(service.version);
            }
        }
        record.boot_id = Text::from(&self.boot);
        record.seq = stamp.seq;
        record.correlation_id = Text::from(&self.correlation);
        let trace = match draft.trace {
            0 => stamp.number,
            shared => shared,
        };
        record.trace_id = TraceId::from_bits(u128::from(mix(trace)) << 64 | u128::from(trace));
        record.span_id = SpanId::from_bits(mix(stamp.number ^ 1));
        if draft.trace != 0 {
            record.correlation_source = CorrelationSource::Incoming;
        }
        match draft.event.kind() {
            Kind::System => system(&mut record, draft, stamp),
            Kind::Decision => {
                self.token(&mut record, draft);
                self.request(&mut record, draft);
                decision(&mut record, draft, stamp);
            }
            _ => self.lifecycle(&mut record, draft),
        }
        record
    }

    fn lifecycle<'a>(&'a self, record: &mut Record<'a>, draft: &Draft) {
        record.trust = draft.trust;
        match draft.event {
            EventName::TokenRevoked => {
                record.actor = Some(Text::from(&self.subject));
                record.target = Some(Text::from(&self.jti));
                self.claims(record, draft);
                self.refresh_family(record, draft);
            }
            EventName::QuarantineReleased => changed(record, draft),
            EventName::LoginSucceeded => {
                self.request(record, draft);
                record.token_sub = Some(Text::from(&self.subject));
                record.token_iss = Some(issuer(draft.credential.issuer));
            }
            EventName::LoginFailed => {
                self.request(record, draft);
                record.claimed_sub = Some(Text::from(&self.subject));
            }
            _ => {
                self.request(record, draft);
                if draft.trust != Trust::None {
                    self.claims(record, draft);
                }
                self.refresh_family(record, draft);
                if draft.event == EventName::TokenRefreshed {
                    record.previous_jti = Some(Text::from(&self.previous));
                }
            }
        }
    }

    fn refresh_family<'a>(&'a self, record: &mut Record<'a>, draft: &Draft) {
        if draft.credential.family != 0 {
            record.refresh_family = Some(Text::from(&self.family));
            record.refresh_generation = Some(u64::from(draft.credential.generation));
        }
    }

    fn request<'a>(&'a self, record: &mut Record<'a>, draft: &Draft) {
        let place = route(draft.route);
        record.client_ip = Some(Text::from(&self.address));
        record.peer_ip = Some(Text::from(&self.peer));
        record.hop = Some(if draft.internal {
            Hop::Internal
        } else {
            Hop::Edge
        });
        record.user_agent = self.sends_agent.then(|| Text::from(&self.agent));
        record.origin = (!self.origin.is_empty()).then(|| Text::from(&self.origin));
        record.method = Some(Text::from(place.method));
        record.route = Some(Text::from(place.pattern));
    }

    fn token<'a>(&'a self, record: &mut Record<'a>, draft: &Draft) {
        record.trust = draft.trust;
        let credential = &draft.credential;
        if credential.token == 0 {
            return;
        }
        record.token_fp = Some(Text::from(&self.fingerprint));
        if draft.reason == Some(Reason::MalformedToken) {
            return;
        }
        record.token_kid = Some(Text::from(match draft.reason {
            Some(Reason::UnknownKey) => "2019-legacy",
            _ => "2026-1",
        }));
        record.token_alg = Some(Text::from(match draft.reason {
            Some(Reason::AlgorithmNotAllowed) => "none",
            _ => "RS256",
        }));
        record.token_typ = Some(Text::from(match draft.reason {
            Some(Reason::WrongType) => "JWT",
            _ => "at+jwt",
        }));
        if draft.trust == Trust::None {
            record.claimed_jti = Some(Text::from(&self.jti));
            record.claimed_sub = (credential.who != 0).then(|| Text::from(&self.subject));
            record.claimed_iss = Some(issuer(credential.issuer));
        } else {
            self.claims(record, draft);
        }
    }

    /// What the issuer says.
    fn claims<'a>(&'a self, record: &mut Record<'a>, draft: &Draft) {
        let credential = &draft.credential;
        record.token_jti = Some(Text::from(&self.jti));
        record.token_sub = Some(Text::from(&self.subject));
        record.token_iss = Some(issuer(credential.issuer));
        record.token_aud = Some(vec![Text::from(match draft.reason {
            Some(Reason::BadAudience) => "https://other.example",
            _ => "https://api.example",
        })]);
        record.client_id = Some(Text::from(&self.client));
        record.token_scope = Some(Text::from(&self.scope));
        record.scope_class = scope_class(credential.granted).map(Text::from);
        record.token_exp = Some(credential.expires());
        record.token_iat = Some(credential.issued);
    }
}

fn decision(record: &mut Record<'_>, draft: &Draft, stamp: &Stamp) {
    let accepted = draft.event == EventName::TokenAccepted;
    record.steps = Some(steps(draft));
    record.exit = Some(Exit::Responded);
    record.enforced = Some(true);
    let hit = accepted && !stamp.number.is_multiple_of(9);
    record.cache = Some(if hit { CacheUse::Hit } else { CacheUse::Miss });
    record.duration_us = Some(if hit { 40 } else { 190 } + (stamp.number >> 8) % 900);
    record.status = Some(status(draft));
    let scope = route(draft.route).scope;
    let required = match draft.missing {
        NO_SCOPE => scope,
        missing => missing,
    };
    let required = SCOPES.get(usize::from(required)).copied();
    match draft.event {
        EventName::AccessDenied => {
            record.authz = Some(Authz::Denied);
            record.required_scope = required.map(Text::from);
            if draft.missing != NO_SCOPE {
                record.missing_scope = required.map(Text::from);
            }
            if draft.denied_object {
                record.object_type = Some(Text::from(route(draft.route).object));
            }
        }
        EventName::TokenAccepted if required.is_some() => {
            record.authz = Some(Authz::Granted);
            record.required_scope = required.map(Text::from);
        }
        _ => {}
    }
}

const fn status(draft: &Draft) -> u16 {
    match (draft.event, draft.reason) {
        (EventName::TokenAccepted, _) => 200,
        (EventName::AccessDenied, _) => 403,
        (EventName::RateExceeded, _) => 429,
        (_, Some(Reason::KeyUnavailable | Reason::BackendUnavailable)) => 503,
        _ => 401,
    }
}

/// The steps up to the one that failed.
fn steps(draft: &Draft) -> Steps {
    let mut steps = Steps::default();
    let failing = match draft.reason {
        None => None,
        Some(Reason::Missing | Reason::MalformedHeader) => return steps,
        Some(reason) => Some((step_of(reason), reason)),
    };
    for step in Step::ALL {
        let taken = match step {
            Step::Binding | Step::Limit => false,
            Step::Scope => route(draft.route).scope != NO_SCOPE,
            _ => true,
        };
        match failing {
            Some((at, reason)) if at == *step => {
                steps.failed(*step, reason);
                break;
            }
            _ if taken => steps.passed(*step),
            _ => {}
        }
    }
    steps
}

const fn step_of(reason: Reason) -> Step {
    match reason {
        Reason::MalformedToken | Reason::TokenTooLarge => Step::Parse,
        Reason::AlgorithmNotAllowed | Reason::UnsupportedCritical => Step::Header,
        Reason::UnknownKey | Reason::UntrustedKey | Reason::KeyUnavailable => Step::Key,
        Reason::BadSignature => Step::Signature,
        Reason::ProofInvalid | Reason::ProofReplayed | Reason::ProofNonceRequired => Step::Binding,
        Reason::Revoked | Reason::Quarantined => Step::Revocation,
        Reason::RateLimited => Step::Limit,
        Reason::InsufficientScope | Reason::PolicyDenied => Step::Scope,
        _ => Step::Claims,
    }
}

fn system(record: &mut Record<'_>, draft: &Draft, stamp: &Stamp) {
    match draft.detail {
        Detail::Keys(number) => record.issuer = Some(issuer(number)),
        Detail::Dropped(count) => {
            record.sink = Some(Text::from("monitor"));
            record.dropped_count = Some(u64::from(count));
            record.dropped_kind = Some(DroppedKind::Unverified);
        }
        Detail::Heartbeat { last } => {
            let [accepted, missing, rejected, denied, limited] = stamp.counts;
            let mut counts = Counts::default();
            counts.accepted = accepted;
            counts.missing = missing;
            counts.rejected = rejected;
            counts.denied = denied;
            counts.limited = limited;
            record.last_seq = Some(stamp.seq.saturating_sub(1));
            record.counts = Some(counts);
            record.r#final = Some(last);
        }
        _ => changed(record, draft),
    }
}

fn changed(record: &mut Record<'_>, draft: &Draft) {
    if let Detail::Changed {
        actor,
        rule,
        target,
    } = draft.detail
    {
        record.actor = Some(Text::from(actor));
        record.rule = (!rule.is_empty()).then(|| Text::from(rule));
        record.target = Some(Text::from(target));
    }
}

fn write_origin(origin: u16, text: &mut String) {
    text.clear();
    if origin >= FIRST_FOREIGN_ORIGIN {
        text.push_str("https://site-");
        push_number(origin.into(), text);
        text.push_str(".example");
    } else if let Some(known) = ORIGINS.get(usize::from(origin)) {
        text.push_str(known);
    }
}

fn write_client(client: u16, text: &mut String) {
    text.clear();
    if let Some(named) = CLIENTS.get(usize::from(client)) {
        text.push_str(named);
    } else {
        text.push_str("machine-");
        push_number(client.saturating_sub(FIRST_MACHINE_CLIENT).into(), text);
    }
}

fn write_scope(granted: u32, text: &mut String) {
    text.clear();
    for (bit, scope) in SCOPES.iter().enumerate() {
        if granted >> bit & 1 == 1 {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(scope);
        }
    }
}
