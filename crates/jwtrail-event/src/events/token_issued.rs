use super::{Claims, Event, Family, Request};
use crate::{EventName, Outcome, Record, Timestamp, Trust};

/// A token was minted.
///
/// ```
/// use jwtrail_event::events::{Claims, Event as _, Request, TokenIssued};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, claims: Claims<'_>, time: Timestamp) {
///     let event = TokenIssued {
///         request,
///         claims,
///         family: None,
///     };
///     assert_eq!(event.record(time).event, EventName::TokenIssued);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenIssued<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// The issuer's word.
    pub claims: Claims<'a>,
    /// The refresh family, where it is known.
    pub family: Option<Family<'a>>,
}

impl Event for TokenIssued<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::TokenIssued, Outcome::Success, time);
        self.request.fill(&mut record);
        self.claims.fill(Trust::Verified, &mut record);
        if let Some(family) = &self.family {
            family.fill(&mut record);
        }
        record
    }
}
