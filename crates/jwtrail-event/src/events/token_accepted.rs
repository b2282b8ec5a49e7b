use super::{Answer, Authorization, Claims, Decided, Event, Measure, Request, TokenHeader};
use crate::{EventName, Outcome, Record, RenderedToken, Sort, Stamp, Text, Timestamp, Trust};

/// Every step passed.
///
/// ```
/// use jwtrail_event::events::{AcceptedToken, Answer, Event as _, Request, TokenAccepted};
/// use jwtrail_event::{EventName, RenderedToken, Timestamp};
///
/// fn example(request: &Request<'_>, answer: Answer, token: &RenderedToken, time: Timestamp) {
///     let event = TokenAccepted {
///         request,
///         answer,
///         token: AcceptedToken::Rendered(token),
///         authorization: None,
///     };
///     assert_eq!(event.record(time).event, EventName::TokenAccepted);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAccepted<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// How the request left.
    pub answer: Answer,
    /// What the token says.
    pub token: AcceptedToken<'a>,
    /// What authorization said, where a scope was required.
    pub authorization: Option<Authorization<'a>>,
}

/// What a token says that passed every step.
///
/// ```
/// use jwtrail_event::events::{AcceptedToken, Claims, TokenHeader};
///
/// let token = AcceptedToken::Facts {
///     header: TokenHeader::default(),
///     claims: Claims::default(),
/// };
/// assert_eq!(token, token.clone());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "it was rendered before or it was not"
)]
#[expect(
    clippy::large_enum_variant,
    reason = "it lives as long as one record is written, and the heap is what it spares"
)]
pub enum AcceptedToken<'a> {
    /// Each fact by itself.
    Facts {
        /// What its bytes show.
        header: TokenHeader<'a>,
        /// The issuer's word.
        claims: Claims<'a>,
    },
    /// Both, rendered before: a record of it is not read but written.
    Rendered(&'a RenderedToken),
}

impl Event for TokenAccepted<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
        self.request.fill(&mut record);
        self.answer.fill(&mut record);
        match &self.token {
            AcceptedToken::Facts { header, claims } => {
                header.fill(&mut record);
                claims.fill(Trust::Verified, &mut record);
            }
            AcceptedToken::Rendered(rendered) => {
                record.trust = Trust::Verified;
                record.rendered = Some(rendered);
            }
        }
        if let Some(authorization) = &self.authorization {
            authorization.fill(&mut record);
        }
        record
    }

    fn write(&self, time: Timestamp, stamp: &Stamp<'_>, line: &mut Vec<u8>) -> Sort {
        match (&self.token, stamp.pseudonyms()) {
            (AcceptedToken::Facts { .. }, _) => stamp.write(self.record(time), line),
            (AcceptedToken::Rendered(token), None) => self.write_rendered(token, time, stamp, line),
            (AcceptedToken::Rendered(token), Some(pseudonyms)) => {
                let token = token.disguised(pseudonyms);
                let mut record = self.record(time);
                record.rendered = Some(&token);
                stamp.write(record, line)
            }
        }
    }

    #[inline]
    fn measure(&self, meter: &mut impl Measure) {
        let scope_class = match &self.token {
            AcceptedToken::Facts { claims, .. } => {
                claims.scope_class.as_ref().map_or("", Text::as_str)
            }
            AcceptedToken::Rendered(token) => token.scope_class(),
        };
        meter.decided(Decided {
            event: EventName::TokenAccepted,
            outcome: Outcome::Success,
            reason: None,
            route: self.request.route.as_str(),
            scope_class,
            duration_us: self.answer.duration_us,
            cache: self.answer.cache,
        });
    }
}
