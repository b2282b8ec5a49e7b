use super::{Claims, Event, Family, Request};
use crate::{EventName, Outcome, Reason, Record, Timestamp, Trust};

/// A refresh token was unknown, malformed, revoked, or another client's.
///
/// ```
/// use jwtrail_event::events::{Event as _, RefreshRefused, Request};
/// use jwtrail_event::{EventName, Reason, Timestamp};
///
/// fn example(request: &Request<'_>, time: Timestamp) {
///     let event = RefreshRefused {
///         request,
///         reason: Reason::RefreshUnknown,
///         claims: None,
///         family: None,
///     };
///     assert_eq!(event.record(time).event, EventName::RefreshRefused);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshRefused<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// Why.
    pub reason: Reason,
    /// The issuer's word, where it is known.
    pub claims: Option<Claims<'a>>,
    /// The refresh family, where it is known.
    pub family: Option<Family<'a>>,
}

impl Event for RefreshRefused<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::RefreshRefused, Outcome::Failure, time);
        self.request.fill(&mut record);
        record.reason = Some(self.reason);
        if let Some(claims) = &self.claims {
            claims.fill(Trust::Signed, &mut record);
        }
        if let Some(family) = &self.family {
            family.fill(&mut record);
        }
        record
    }
}
