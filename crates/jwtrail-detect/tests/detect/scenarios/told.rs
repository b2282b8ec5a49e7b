//! Short words for events, each as a service would write it.

use jwtrail_event::{
    Authz, CacheUse, Counts, DroppedKind, EventName, Exit, Hop, Outcome, Reason, Record, Step,
    Steps, Text, Timestamp, Trust,
};

use super::story::mixed;

/// An event that has no time yet.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(super) record: Record<'static>,
    /// The request's trace, where it is shared with others.
    pub(super) trace: Option<u64>,
    /// How many numbers before its own never came.
    pub(super) skipped: u64,
}

pub(crate) const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
pub(crate) const CURL: &str = "curl/8.5.0";
pub(crate) const ISSUER: &str = "https://login.example";

/// Good tokens: `user-1` with `jti-1`, from 192.0.2.10 by a browser.
pub(crate) fn accepted() -> Told {
    decision(EventName::TokenAccepted, None, Trust::Verified, 200)
}

pub(crate) fn rejected(reason: Reason) -> Told {
    let trust = match step(reason) {
        Step::Claims | Step::Binding | Step::Revocation => Trust::Signed,
        _ => Trust::None,
    };
    decision(EventName::TokenRejected, Some(reason), trust, 401)
}

pub(crate) fn without_token() -> Told {
    let mut told = decision(
        EventName::TokenMissing,
        Some(Reason::Missing),
        Trust::None,
        401,
    );
    told.record.token_fp = None;
    told.record.token_kid = None;
    told.record.claimed_sub = None;
    told.record.claimed_iss = None;
    told.record.claimed_jti = None;
    told
}

/// The scope that the token lacks.
pub(crate) fn scope_denied(scope: &str) -> Told {
    let mut told = denied(Reason::InsufficientScope);
    told.record.required_scope = Some(Text::from(scope.to_owned()));
    told.record.missing_scope = Some(Text::from(scope.to_owned()));
    told
}

/// The type of the object that policy protects.
pub(crate) fn object_denied(object_type: &str) -> Told {
    let mut told = denied(Reason::PolicyDenied);
    told.record.object_type = Some(Text::from(object_type.to_owned()));
    told
}

fn denied(reason: Reason) -> Told {
    let mut told = decision(EventName::AccessDenied, Some(reason), Trust::Verified, 403);
    told.record.authz = Some(Authz::Denied);
    told
}

pub(crate) fn over_limit() -> Told {
    let reason = Some(Reason::RateLimited);
    decision(EventName::RateExceeded, reason, Trust::Verified, 429)
}

pub(crate) fn logged_in() -> Told {
    request(EventName::LoginSucceeded, None, Trust::Verified).route("POST", "/login")
}

pub(crate) fn login_failed() -> Told {
    let reason = Some(Reason::BadCredentials);
    let mut told = request(EventName::LoginFailed, reason, Trust::None).route("POST", "/login");
    told.record.claimed_iss = None;
    told.record.claimed_jti = None;
    told
}

pub(crate) fn issued() -> Told {
    request(EventName::TokenIssued, None, Trust::Verified).route("POST", "/login")
}

pub(crate) fn refreshed() -> Told {
    request(EventName::TokenRefreshed, None, Trust::Verified)
        .route("POST", "/token")
        .family("fam-1", 1)
}

pub(crate) fn refresh_replayed() -> Told {
    request(EventName::RefreshReplayed, None, Trust::Verified)
        .route("POST", "/token")
        .family("fam-1", 1)
}

pub(crate) fn refresh_reused() -> Told {
    let reason = Some(Reason::RefreshReused);
    request(EventName::RefreshReused, reason, Trust::Signed)
        .route("POST", "/token")
        .family("fam-1", 1)
}

/// A refresh token that is not good; the state knows its family only where one is given.
pub(crate) fn refresh_refused(reason: Reason, family: Option<&str>) -> Told {
    let trust = family.map_or(Trust::None, |_| Trust::Signed);
    let mut told = request(EventName::RefreshRefused, Some(reason), trust).route("POST", "/token");
    told.record.claimed_sub = None;
    told.record.claimed_iss = None;
    told.record.claimed_jti = None;
    match family {
        Some(family) => told.family(family, 1),
        None => told,
    }
}

pub(crate) fn revoked() -> Told {
    let mut told = plain(EventName::TokenRevoked, None, Trust::Verified);
    told.record.actor = Some(Text::from("logout"));
    told.record.target = Some(Text::from("token"));
    told.of("user-1", "jti-1")
}

pub(crate) fn keys_failed(issuer: &str) -> Told {
    let reason = Some(Reason::KeyUnavailable);
    let mut told = plain(EventName::KeysFailed, reason, Trust::None);
    told.record.issuer = Some(Text::from(issuer.to_owned()));
    told
}

pub(crate) fn keys_refreshed(issuer: &str) -> Told {
    let mut told = plain(EventName::KeysRefreshed, None, Trust::None);
    told.record.issuer = Some(Text::from(issuer.to_owned()));
    told
}

pub(crate) fn records_dropped() -> Told {
    let reason = Some(Reason::BackendUnavailable);
    let mut told = plain(EventName::AuditDropped, reason, Trust::None);
    told.record.sink = Some(Text::from("monitor"));
    told.record.dropped_count = Some(12);
    told.record.dropped_kind = Some(DroppedKind::Accepted);
    told
}

pub(crate) fn heartbeat() -> Told {
    let mut told = plain(EventName::Heartbeat, None, Trust::None);
    told.record.last_seq = Some(0);
    told.record.counts = Some(Counts::default());
    told.record.r#final = Some(false);
    told
}

/// The heartbeat of a clean stop.
pub(crate) fn stopped() -> Told {
    let mut told = heartbeat();
    told.record.r#final = Some(true);
    told
}

/// Something that the monitor writes of itself, and what it was done to.
pub(crate) fn of_monitor(event: EventName, target: &str) -> Told {
    let mut told = plain(event, None, Trust::None).written_by("jwtrail-monitor", "monitor-1");
    told.record.actor = Some(Text::from("operator"));
    told.record.target = Some(Text::from(target.to_owned()));
    if event == EventName::RulesChanged {
        told.record.rule = Some(Text::from("token-replayed"));
    }
    told
}

impl Told {
    /// Whose token it is and which, as far as it can be believed.
    pub(crate) fn of(mut self, sub: &str, jti: &str) -> Self {
        let own = |text: &str| Some(Text::from(text.to_owned()));
        let record = &mut self.record;
        if record.token_fp.is_some() {
            record.token_fp = Some(fingerprint(jti));
        }
        if record.trust == Trust::None {
            record.claimed_sub = own(sub);
            return self;
        }
        record.token_sub = own(sub);
        record.token_jti = own(jti);
        record.token_iss = own(ISSUER);
        self
    }

    /// Another issuer of it.
    pub(crate) fn issued_by(mut self, issuer: &str) -> Self {
        self.record.token_iss = Some(Text::from(issuer.to_owned()));
        self
    }

    /// What an unverified token says of itself.
    pub(crate) fn claiming(mut self, sub: &str, jti: &str) -> Self {
        self.record.claimed_iss = Some(Text::from(ISSUER));
        self.record.claimed_sub = Some(Text::from(sub.to_owned()));
        self.record.claimed_jti = Some(Text::from(jti.to_owned()));
        self
    }

    /// A token without an id.
    pub(crate) fn without_jti(mut self) -> Self {
        self.record.token_jti = None;
        self
    }

    pub(crate) fn from(mut self, address: &str) -> Self {
        let address = || Some(Text::from(address.to_owned()));
        self.record.client_ip = address();
        self.record.peer_ip = address();
        self
    }

    pub(crate) fn by(mut self, agent: &str) -> Self {
        self.record.user_agent = Some(Text::from(agent.to_owned()));
        self
    }

    pub(crate) fn origin(mut self, origin: &str) -> Self {
        self.record.origin = Some(Text::from(origin.to_owned()));
        self
    }

    pub(crate) fn route(mut self, method: &'static str, route: &'static str) -> Self {
        self.record.method = Some(Text::from(method));
        self.record.route = Some(Text::from(route));
        self
    }

    pub(crate) fn client(mut self, client: &str) -> Self {
        self.record.client_id = Some(Text::from(client.to_owned()));
        self
    }

    pub(crate) fn scope(mut self, scope: &str) -> Self {
        self.record.token_scope = Some(Text::from(scope.to_owned()));
        self
    }

    pub(crate) fn class(mut self, class: &str) -> Self {
        self.record.scope_class = Some(Text::from(class.to_owned()));
        self
    }

    pub(crate) fn family(mut self, family: &str, generation: u64) -> Self {
        self.record.refresh_family = Some(Text::from(family.to_owned()));
        self.record.refresh_generation = Some(generation);
        self
    }

    pub(crate) fn written_by(mut self, service: &str, instance: &str) -> Self {
        self.record.service = Text::from(service.to_owned());
        self.record.instance = Text::from(instance.to_owned());
        self
    }

    /// A further start of the instance.
    pub(crate) fn boot(mut self, boot: &'static str) -> Self {
        self.record.boot_id = Text::from(boot);
        self
    }

    /// Through another service, which passed on the token and the trace.
    pub(crate) fn hop(mut self, service: &str, address: &str, hop: Hop) -> Self {
        self.record.hop = Some(hop);
        self.from(address)
            .by("orders-api/1.4")
            .written_by(service, &format!("{service}-1"))
    }

    pub(crate) fn trace(mut self, trace: u64) -> Self {
        self.trace = Some(trace);
        self
    }

    /// So many records before this one never came.
    pub(crate) fn after_a_gap(mut self, skipped: u64) -> Self {
        self.skipped = skipped;
        self
    }
}

/// A decision on a request.
fn decision(event: EventName, reason: Option<Reason>, trust: Trust, status: u16) -> Told {
    let mut told = request(event, reason, trust);
    let record = &mut told.record;
    record.steps = Some(steps(reason));
    record.status = Some(status);
    record.exit = Some(Exit::Responded);
    record.enforced = Some(true);
    record.duration_us = Some(180);
    record.cache = Some(CacheUse::Miss);
    record.token_kid = Some(Text::from("2026-01"));
    record.token_alg = Some(Text::from("ES256"));
    record.token_typ = Some(Text::from("at+jwt"));
    record.token_fp = Some(fingerprint("jti-1"));
    told
}

/// Something that a request caused: of `user-1`, from 192.0.2.10, by a browser.
fn request(event: EventName, reason: Option<Reason>, trust: Trust) -> Told {
    let mut told = plain(event, reason, trust);
    let record = &mut told.record;
    record.hop = Some(Hop::Edge);
    if trust != Trust::None {
        record.token_aud = Some(vec![Text::from("orders-api")]);
        record.client_id = Some(Text::from("web"));
        record.token_scope = Some(Text::from("orders:read"));
        record.token_iat = Some(1_772_440_200);
        record.token_exp = Some(1_772_443_800);
    }
    let told = told.from("192.0.2.10").by(BROWSER);
    told.of("user-1", "jti-1").route("GET", "/orders/{id}")
}

fn plain(event: EventName, reason: Option<Reason>, trust: Trust) -> Told {
    let outcome = match reason {
        Some(_) => Outcome::Failure,
        None => Outcome::Success,
    };
    let mut record = Record::new(event, outcome, Timestamp::from_seconds(0));
    record.service_version = Text::from("1.4.0");
    record.boot_id = Text::from("b1");
    record.reason = reason;
    record.trust = trust;
    let told = Told {
        record,
        trace: None,
        skipped: 0,
    };
    told.written_by("orders-api", "orders-api-1")
}

fn steps(reason: Option<Reason>) -> Steps {
    let mut steps = Steps::default();
    let failed = reason.map(|reason| (step(reason), reason));
    for step in [
        Step::Parse,
        Step::Header,
        Step::Key,
        Step::Signature,
        Step::Claims,
        Step::Binding,
        Step::Revocation,
        Step::Limit,
        Step::Scope,
    ] {
        match failed {
            Some((at, reason)) if at == step => {
                steps.failed(step, reason);
                break;
            }
            _ if matches!(step, Step::Binding | Step::Revocation | Step::Limit) => {}
            _ => steps.passed(step),
        }
    }
    steps
}

const fn step(reason: Reason) -> Step {
    match reason {
        Reason::AlgorithmNotAllowed | Reason::UntrustedKey | Reason::UnsupportedCritical => {
            Step::Header
        }
        Reason::UnknownKey | Reason::KeyUnavailable => Step::Key,
        Reason::BadSignature => Step::Signature,
        Reason::ProofInvalid | Reason::ProofReplayed | Reason::ProofNonceRequired => Step::Binding,
        Reason::Revoked | Reason::Quarantined | Reason::BackendUnavailable => Step::Revocation,
        Reason::RateLimited => Step::Limit,
        Reason::InsufficientScope | Reason::PolicyDenied => Step::Scope,
        Reason::Missing
        | Reason::MalformedHeader
        | Reason::MalformedToken
        | Reason::TokenTooLarge => Step::Parse,
        _ => Step::Claims,
    }
}

/// Looks like a token's fingerprint, and is one of a name.
fn fingerprint(name: &str) -> Text<'static> {
    let number = name
        .bytes()
        .fold(7, |number, byte| mixed(number ^ u64::from(byte)));
    let (high, low) = (mixed(number), mixed(!number));
    Text::from(format!("k1:{high:016x}{low:016x}"))
}
