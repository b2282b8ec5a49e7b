use super::{Answer, Authorization, Claims, Event, Request, TokenHeader};
use crate::{EventName, Outcome, Reason, Record, Timestamp, Trust};

/// The token held; scope or policy said no.
///
/// ```
/// use jwtrail_event::events::{AccessDenied, Answer, Authorization, Claims, Event as _, Request, TokenHeader};
/// use jwtrail_event::{Authz, EventName, Reason, Text, Timestamp};
///
/// fn example(request: &Request<'_>, answer: Answer, time: Timestamp) {
///     let event = AccessDenied {
///         request,
///         answer,
///         header: TokenHeader::default(),
///         claims: Claims::default(),
///         authorization: Authorization {
///             authz: Authz::Denied,
///             required_scope: Some(Text::from("orders:read")),
///             missing_scope: Some(Text::from("orders:read")),
///             object_type: None,
///         },
///         reason: Reason::InsufficientScope,
///     };
///     assert_eq!(event.record(time).event, EventName::AccessDenied);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessDenied<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// How the request left.
    pub answer: Answer,
    /// What the token's bytes show.
    pub header: TokenHeader<'a>,
    /// The issuer's word.
    pub claims: Claims<'a>,
    /// What authorization said.
    pub authorization: Authorization<'a>,
    /// Why.
    pub reason: Reason,
}

impl Event for AccessDenied<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::AccessDenied, Outcome::Failure, time);
        self.request.fill(&mut record);
        self.answer.fill(&mut record);
        self.header.fill(&mut record);
        self.claims.fill(Trust::Verified, &mut record);
        self.authorization.fill(&mut record);
        record.reason = Some(self.reason);
        record
    }
}
