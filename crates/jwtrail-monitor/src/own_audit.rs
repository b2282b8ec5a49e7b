use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, ORIGIN, USER_AGENT};
use jwtrail_actix::{AccessToken, Correlation, Trail};
use jwtrail_event::events::{
    self, ConfigUnsafe, LoginFailed, LoginSucceeded, OutputChanged, QuarantineAdded,
    QuarantineExpired, QuarantineReleased, RulesChanged, TokenIssued, TokenRevoked,
};
use jwtrail_event::quarantine::Kind;
use jwtrail_event::{CorrelationSource, Hop, SpanId, Text, TraceId};
use jwtrail_session::AccessClaims;

use crate::internal_events::UnsafeOption;
use crate::quarantine::{By, Telling, What};

/// Records what happens to the monitor's own logins. Decisions are recorded by `JwtAuth`.
#[derive(Clone, Debug)]
pub(crate) struct OwnAudit {
    trail: Trail,
}

impl OwnAudit {
    pub(crate) const fn new(trail: Trail) -> Self {
        Self { trail }
    }

    pub(crate) const fn trail(&self) -> &Trail {
        &self.trail
    }

    pub(crate) fn logged_in(
        &self,
        request: &HttpRequest,
        ids: &Correlation,
        claims: &AccessClaims,
    ) {
        with_event(request, ids, |request| {
            self.trail.record(&LoginSucceeded {
                request,
                claims: claims.event_claims(),
            });
            self.trail.record(&TokenIssued {
                request,
                claims: claims.event_claims(),
                family: None,
            });
        });
    }

    pub(crate) fn login_failed(&self, request: &HttpRequest, ids: &Correlation) {
        with_event(request, ids, |request| {
            self.trail.record(&LoginFailed {
                request,
                claimed_sub: None,
            });
        });
    }

    pub(crate) fn logged_out(&self, request: &HttpRequest, ids: &Correlation, token: &AccessToken) {
        let verified = token.verified();
        with_event(request, ids, |request| {
            self.trail.record(&TokenRevoked {
                correlation: &request.correlation,
                actor: Text::from(verified.sub()),
                target: Text::from(verified.jti().unwrap_or_default()),
                claims: Some(verified.event_claims()),
                family: None,
                until: None,
            });
        });
    }
}

impl OwnAudit {
    /// Records what became of a rule.
    pub(crate) fn rule_changed(&self, by: &By, rule: &str, target: &str) {
        self.trail.record(&RulesChanged {
            correlation: &by.correlation(),
            actor: Text::from(&by.actor),
            rule: Text::from(rule),
            target: Text::from(target),
        });
    }

    /// Records what became of an output.
    pub(crate) fn output_changed(&self, by: &By, target: &str) {
        self.trail.record(&OutputChanged {
            correlation: &by.correlation(),
            actor: Text::from(&by.actor),
            target: Text::from(target),
        });
    }

    /// Records that a `dangerous_` option is in force.
    pub(crate) fn config_unsafe(&self, option: &'static str, bits: u128) {
        UnsafeOption { option }.emit();
        self.trail.record(&ConfigUnsafe {
            correlation: &correlation(format!("{bits:032x}"), bits),
            option: Text::from(option),
        });
    }

    /// Records what has happened to an entry of the quarantine list.
    pub(crate) fn tell(&self, telling: &Telling) {
        let by = &telling.by;
        let correlation = &by.correlation();
        let (actor, target) = (Text::from(&by.actor), Text::from(&telling.target));
        let until = Some(telling.until);
        match (telling.what, telling.kind) {
            (What::Added, Kind::Quarantine) => self.trail.record(&QuarantineAdded {
                correlation,
                actor,
                rule: telling.rule.as_ref().map(Text::from),
                target,
                until,
            }),
            (What::Added, Kind::Revocation) => self.trail.record(&TokenRevoked {
                correlation,
                actor,
                target,
                claims: None,
                family: None,
                until,
            }),
            (What::Released, _) => self.trail.record(&QuarantineReleased {
                correlation,
                actor,
                target,
            }),
            (What::Expired, _) => self.trail.record(&QuarantineExpired {
                correlation,
                target,
            }),
        }
    }
}

impl By {
    fn correlation(&self) -> events::Correlation<'_> {
        events::Correlation {
            id: Text::from(&self.correlation_id),
            source: if self.incoming {
                CorrelationSource::Incoming
            } else {
                CorrelationSource::Generated
            },
            trace_id: self.trace_id,
            span_id: self.span_id,
            linked_trace_id: None,
        }
    }
}

/// Who asks for a change, and by which request.
pub(crate) fn asked_by(request: &HttpRequest, ids: &Correlation, actor: &str) -> By {
    By {
        actor: actor.to_owned(),
        correlation_id: ids.id().to_owned(),
        incoming: brought_id(request.headers(), ids),
        trace_id: ids.trace_id(),
        span_id: ids.span_id(),
        rule: None,
    }
}

fn brought_id(headers: &HeaderMap, ids: &Correlation) -> bool {
    header(headers, &REQUEST_ID).is_some_and(|id| id.as_str() == ids.id())
}

/// The ids of something that no request caused.
pub(crate) fn correlation(id: String, bits: u128) -> events::Correlation<'static> {
    let [high, low] = [bits >> 64, bits & u128::from(u64::MAX)];
    events::Correlation {
        id: Text::from(id),
        source: CorrelationSource::Generated,
        trace_id: TraceId::from_bits(bits),
        span_id: SpanId::from_bits(u64::try_from(high ^ low).unwrap_or(1)),
        linked_trace_id: None,
    }
}

fn with_event(request: &HttpRequest, ids: &Correlation, record: impl FnOnce(&events::Request<'_>)) {
    let headers = request.headers();
    let brought = brought_id(headers, ids);
    // The monitor trusts no proxy yet: the client is who connects.
    let address = request.peer_addr().map(|peer| peer.ip());
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let route = request.match_pattern();
    record(&events::Request {
        correlation: events::Correlation {
            id: Text::from(ids.id()),
            source: if brought {
                CorrelationSource::Incoming
            } else {
                CorrelationSource::Generated
            },
            trace_id: ids.trace_id(),
            span_id: ids.span_id(),
            linked_trace_id: None,
        },
        client_ip: address,
        peer_ip: address,
        hop: Hop::Edge,
        user_agent: header(headers, &USER_AGENT),
        origin: header(headers, &ORIGIN),
        method: Text::from(request.method().as_str()),
        route: Text::from(route.as_deref().unwrap_or_default()),
    });
}

fn header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<Text<'h>> {
    headers
        .get(name)
        .map(|value| Text::from_header(value.as_bytes()))
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
