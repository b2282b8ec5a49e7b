use super::{Claims, Event, Family, Request};
use crate::{EventName, Outcome, Record, Text, Timestamp, Trust};

/// The previous generation came again inside the grace window and got the same successor.
///
/// ```
/// use jwtrail_event::events::{Claims, Event as _, Family, RefreshReplayed, Request};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, claims: Claims<'_>, family: Family<'_>, time: Timestamp) {
///     let event = RefreshReplayed {
///         request,
///         claims,
///         family,
///         previous_jti: None,
///     };
///     assert_eq!(event.record(time).event, EventName::RefreshReplayed);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshReplayed<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// The issuer's word.
    pub claims: Claims<'a>,
    /// The refresh family.
    pub family: Family<'a>,
    /// The access token that the new one follows.
    pub previous_jti: Option<Text<'a>>,
}

impl Event for RefreshReplayed<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::RefreshReplayed, Outcome::Success, time);
        self.request.fill(&mut record);
        self.claims.fill(Trust::Verified, &mut record);
        self.family.fill(&mut record);
        record.previous_jti = self.previous_jti.as_ref().map(Text::reborrow);
        record
    }
}
