use super::{Answer, Authorization, Claims, Event, Request, TokenHeader};
use crate::{EventName, Outcome, Record, Timestamp, Trust};

/// Every step passed.
///
/// ```
/// use jwtrail_event::events::{Answer, Claims, Event as _, Request, TokenAccepted, TokenHeader};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, answer: Answer, claims: Claims<'_>, time: Timestamp) {
///     let event = TokenAccepted {
///         request,
///         answer,
///         header: TokenHeader::default(),
///         claims,
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
    /// What the token's bytes show.
    pub header: TokenHeader<'a>,
    /// The issuer's word.
    pub claims: Claims<'a>,
    /// What authorization said, where a scope was required.
    pub authorization: Option<Authorization<'a>>,
}

impl Event for TokenAccepted<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
        self.request.fill(&mut record);
        self.answer.fill(&mut record);
        self.header.fill(&mut record);
        self.claims.fill(Trust::Verified, &mut record);
        if let Some(authorization) = &self.authorization {
            authorization.fill(&mut record);
        }
        record
    }
}
