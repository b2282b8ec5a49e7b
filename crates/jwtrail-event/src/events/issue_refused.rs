use super::{Claims, Event, Request};
use crate::{EventName, Outcome, Reason, Record, Timestamp, Trust};

/// A token was not minted.
///
/// ```
/// use jwtrail_event::events::{Event as _, IssueRefused, Request};
/// use jwtrail_event::{EventName, Reason, Timestamp};
///
/// fn example(request: &Request<'_>, time: Timestamp) {
///     let event = IssueRefused {
///         request,
///         reason: Reason::BackendUnavailable,
///         claims: None,
///     };
///     assert_eq!(event.record(time).event, EventName::IssueRefused);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRefused<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// Why.
    pub reason: Reason,
    /// The issuer's word, where it is known.
    pub claims: Option<Claims<'a>>,
}

impl Event for IssueRefused<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::IssueRefused, Outcome::Failure, time);
        self.request.fill(&mut record);
        record.reason = Some(self.reason);
        if let Some(claims) = &self.claims {
            claims.fill(Trust::Verified, &mut record);
        }
        record
    }
}
