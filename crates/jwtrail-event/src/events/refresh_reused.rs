use super::{Claims, Event, Family, Request};
use crate::{EventName, Outcome, Reason, Record, Timestamp, Trust};

/// An older generation came again: the family is revoked (RFC 9700 section 4.14).
///
/// ```
/// use jwtrail_event::events::{Claims, Event as _, Family, RefreshReused, Request};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, claims: Claims<'_>, family: Family<'_>, time: Timestamp) {
///     let event = RefreshReused {
///         request,
///         claims,
///         family,
///     };
///     assert_eq!(event.record(time).event, EventName::RefreshReused);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshReused<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// The issuer's word.
    pub claims: Claims<'a>,
    /// The refresh family.
    pub family: Family<'a>,
}

impl Event for RefreshReused<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::RefreshReused, Outcome::Failure, time);
        self.request.fill(&mut record);
        self.claims.fill(Trust::Signed, &mut record);
        self.family.fill(&mut record);
        record.reason = Some(Reason::RefreshReused);
        record
    }
}
