use std::net::IpAddr;

use crate::{
    Authz, CacheUse, CorrelationSource, Exit, Hop, Record, SpanId, Steps, Text, TraceId, Trust,
};

/// The ids that join what one request caused.
///
/// ```
/// use jwtrail_event::events::Correlation;
/// use jwtrail_event::{CorrelationSource, SpanId, Text, TraceId};
///
/// let correlation = Correlation {
///     id: Text::from("7f3a"),
///     source: CorrelationSource::Generated,
///     trace_id: TraceId::from_bits(7),
///     span_id: SpanId::from_bits(7),
///     linked_trace_id: None,
/// };
/// assert_eq!(correlation.id.as_str(), "7f3a");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation<'a> {
    /// The request id.
    pub id: Text<'a>,
    /// Whether the request brought it.
    pub source: CorrelationSource,
    /// The trace.
    pub trace_id: TraceId,
    /// Our span in it.
    pub span_id: SpanId,
    /// The trace that the request named, where it was not trusted.
    pub linked_trace_id: Option<TraceId>,
}

impl Correlation<'_> {
    pub(super) fn fill<'a>(&'a self, record: &mut Record<'a>) {
        record.correlation_id = self.id.reborrow();
        record.correlation_source = self.source;
        record.trace_id = self.trace_id;
        record.span_id = self.span_id;
        record.linked_trace_id = self.linked_trace_id;
    }
}

/// What is known of the request that caused an event.
///
/// ```
/// use jwtrail_event::events::{Correlation, Request};
/// use jwtrail_event::{Hop, Text};
///
/// fn example(correlation: Correlation<'_>) -> Request<'_> {
///     Request {
///         correlation,
///         client_ip: [203, 0, 113, 7].into(),
///         peer_ip: [10, 0, 0, 2].into(),
///         hop: Hop::Edge,
///         user_agent: None,
///         origin: None,
///         method: Text::from("GET"),
///         route: Text::from("/orders/{id}"),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Its ids.
    pub correlation: Correlation<'a>,
    /// The client's address, through trusted proxies only.
    pub client_ip: IpAddr,
    /// The other end of the connection.
    pub peer_ip: IpAddr,
    /// Whether it came from outside.
    pub hop: Hop,
    /// The `User-Agent` header.
    pub user_agent: Option<Text<'a>>,
    /// The `Origin` header.
    pub origin: Option<Text<'a>>,
    /// The HTTP method.
    pub method: Text<'a>,
    /// The route's pattern, never the path.
    pub route: Text<'a>,
}

impl Request<'_> {
    pub(super) fn fill<'a>(&'a self, record: &mut Record<'a>) {
        self.correlation.fill(record);
        record.client_ip = Some(Text::from(self.client_ip.to_string()));
        record.peer_ip = Some(Text::from(self.peer_ip.to_string()));
        record.hop = Some(self.hop);
        record.user_agent = self.user_agent.as_ref().map(Text::reborrow);
        record.origin = self.origin.as_ref().map(Text::reborrow);
        record.method = Some(self.method.reborrow());
        record.route = Some(self.route.reborrow());
    }
}

/// How a decision left the service.
///
/// ```
/// use jwtrail_event::events::Answer;
/// use jwtrail_event::{CacheUse, Exit, Steps};
///
/// let answer = Answer {
///     steps: Steps::default(),
///     status: Some(200),
///     exit: Exit::Responded,
///     enforced: true,
///     duration_us: 180,
///     cache: CacheUse::Hit,
/// };
/// assert_eq!(answer.status, Some(200));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The steps that were taken.
    pub steps: Steps,
    /// The status, if the service responded.
    pub status: Option<u16>,
    /// How the request left.
    pub exit: Exit,
    /// Whether the decision was carried out.
    pub enforced: bool,
    /// Microseconds from arrival to the answer's head.
    pub duration_us: u64,
    /// What the verified-token cache said.
    pub cache: CacheUse,
}

impl Answer {
    pub(super) fn fill(&self, record: &mut Record<'_>) {
        record.steps = Some(self.steps);
        record.status = self.status;
        record.exit = Some(self.exit);
        record.enforced = Some(self.enforced);
        record.duration_us = Some(self.duration_us);
        record.cache = Some(self.cache);
    }
}

/// What can be said of the token's bytes, whether or not it can be believed.
///
/// ```
/// use jwtrail_event::Text;
/// use jwtrail_event::events::TokenHeader;
///
/// let header = TokenHeader { alg: Some(Text::from("none")), ..TokenHeader::default() };
/// assert!(header.kid.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenHeader<'a> {
    /// `kid` as sent.
    pub kid: Option<Text<'a>>,
    /// `alg` as sent.
    pub alg: Option<Text<'a>>,
    /// `typ` as sent.
    pub typ: Option<Text<'a>>,
    /// The fingerprint of the whole token.
    pub fingerprint: Option<Text<'a>>,
}

impl TokenHeader<'_> {
    pub(crate) fn fill<'a>(&'a self, record: &mut Record<'a>) {
        record.token_kid = self.kid.as_ref().map(Text::reborrow);
        record.token_alg = self.alg.as_ref().map(Text::reborrow);
        record.token_typ = self.typ.as_ref().map(Text::reborrow);
        record.token_fp = self.fingerprint.as_ref().map(Text::reborrow);
    }
}

/// What an unverified token says of itself: the sender's word.
///
/// ```
/// use jwtrail_event::Text;
/// use jwtrail_event::events::Claimed;
///
/// let claimed = Claimed { sub: Some(Text::from("alice")), ..Claimed::default() };
/// assert!(claimed.iss.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed<'a> {
    /// Its `jti`.
    pub jti: Option<Text<'a>>,
    /// Its `sub`.
    pub sub: Option<Text<'a>>,
    /// Its `iss`.
    pub iss: Option<Text<'a>>,
}

/// The claims of a token whose signature held: the issuer's word.
///
/// ```
/// use jwtrail_event::Text;
/// use jwtrail_event::events::Claims;
///
/// let claims = Claims { sub: Some(Text::from("alice")), ..Claims::default() };
/// assert!(claims.scope.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims<'a> {
    /// `jti`.
    pub jti: Option<Text<'a>>,
    /// `sub`.
    pub sub: Option<Text<'a>>,
    /// `iss`.
    pub iss: Option<Text<'a>>,
    /// `aud`.
    pub aud: Vec<Text<'a>>,
    /// `client_id` or `azp`.
    pub client_id: Option<Text<'a>>,
    /// The scope, space-separated.
    pub scope: Option<Text<'a>>,
    /// The class of the scope.
    pub scope_class: Option<Text<'a>>,
    /// `exp` in seconds.
    pub exp: Option<i64>,
    /// `iat` in seconds.
    pub iat: Option<i64>,
}

impl Claims<'_> {
    pub(super) fn fill<'a>(&'a self, trust: Trust, record: &mut Record<'a>) {
        record.trust = trust;
        record.token_jti = self.jti.as_ref().map(Text::reborrow);
        record.token_sub = self.sub.as_ref().map(Text::reborrow);
        record.token_iss = self.iss.as_ref().map(Text::reborrow);
        record.token_aud =
            (!self.aud.is_empty()).then(|| self.aud.iter().map(Text::reborrow).collect());
        record.client_id = self.client_id.as_ref().map(Text::reborrow);
        record.token_scope = self.scope.as_ref().map(Text::reborrow);
        record.scope_class = self.scope_class.as_ref().map(Text::reborrow);
        record.token_exp = self.exp;
        record.token_iat = self.iat;
    }
}

/// What a token showed, with how far it can be believed.
///
/// ```
/// use jwtrail_event::events::{Claimed, Evidence, TokenHeader};
///
/// let forged = Evidence::Unverified {
///     header: TokenHeader::default(),
///     claimed: Claimed::default(),
/// };
/// assert_ne!(forged, Evidence::Absent);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one variant per state of trust")]
pub enum Evidence<'a> {
    /// No token's bytes came.
    Absent,
    /// The signature did not hold or was not reached.
    Unverified {
        /// What the bytes show.
        header: TokenHeader<'a>,
        /// What they claim.
        claimed: Claimed<'a>,
    },
    /// The signature held, a later step failed.
    Signed {
        /// What the bytes show.
        header: TokenHeader<'a>,
        /// What the issuer said.
        claims: Claims<'a>,
    },
    /// Every token step passed.
    Verified {
        /// What the bytes show.
        header: TokenHeader<'a>,
        /// What the issuer said.
        claims: Claims<'a>,
    },
}

impl Evidence<'_> {
    pub(super) fn fill<'a>(&'a self, record: &mut Record<'a>) {
        match self {
            Self::Absent => {}
            Self::Unverified { header, claimed } => {
                header.fill(record);
                record.claimed_jti = claimed.jti.as_ref().map(Text::reborrow);
                record.claimed_sub = claimed.sub.as_ref().map(Text::reborrow);
                record.claimed_iss = claimed.iss.as_ref().map(Text::reborrow);
            }
            Self::Signed { header, claims } => {
                header.fill(record);
                claims.fill(Trust::Signed, record);
            }
            Self::Verified { header, claims } => {
                header.fill(record);
                claims.fill(Trust::Verified, record);
            }
        }
    }
}

/// What authorization asked for and found.
///
/// ```
/// use jwtrail_event::events::Authorization;
/// use jwtrail_event::{Authz, Text};
///
/// let denied = Authorization {
///     authz: Authz::Denied,
///     required_scope: None,
///     missing_scope: None,
///     object_type: Some(Text::from("order")),
/// };
/// assert_eq!(denied.authz.as_str(), "denied");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// Yes or no.
    pub authz: Authz,
    /// The scope that was asked for.
    pub required_scope: Option<Text<'a>>,
    /// What was missing of it.
    pub missing_scope: Option<Text<'a>>,
    /// The type of the object that policy protected.
    pub object_type: Option<Text<'a>>,
}

impl Authorization<'_> {
    pub(super) fn fill<'a>(&'a self, record: &mut Record<'a>) {
        record.authz = Some(self.authz);
        record.required_scope = self.required_scope.as_ref().map(Text::reborrow);
        record.missing_scope = self.missing_scope.as_ref().map(Text::reborrow);
        record.object_type = self.object_type.as_ref().map(Text::reborrow);
    }
}

/// A place in a refresh family.
///
/// ```
/// use jwtrail_event::Text;
/// use jwtrail_event::events::Family;
///
/// let family = Family { id: Text::from("f-1"), generation: 2 };
/// assert_eq!(family.generation, 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family<'a> {
    /// The family's id.
    pub id: Text<'a>,
    /// The generation.
    pub generation: u64,
}

impl Family<'_> {
    pub(super) fn fill<'a>(&'a self, record: &mut Record<'a>) {
        record.refresh_family = Some(self.id.reborrow());
        record.refresh_generation = Some(self.generation);
    }
}
