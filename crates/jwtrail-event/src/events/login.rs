use super::{Claims, Event, Request};
use crate::{EventName, Outcome, Reason, Record, Text, Timestamp, Trust};

/// The service's login succeeded.
///
/// ```
/// use jwtrail_event::events::{Claims, Event as _, LoginSucceeded, Request};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, claims: Claims<'_>, time: Timestamp) {
///     let event = LoginSucceeded {
///         request,
///         claims,
///     };
///     assert_eq!(event.record(time).event, EventName::LoginSucceeded);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSucceeded<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// The issuer's word.
    pub claims: Claims<'a>,
}

impl Event for LoginSucceeded<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::LoginSucceeded, Outcome::Success, time);
        self.request.fill(&mut record);
        self.claims.fill(Trust::Verified, &mut record);
        record
    }
}

/// The service's login failed.
///
/// ```
/// use jwtrail_event::events::{Event as _, LoginFailed, Request};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(request: &Request<'_>, time: Timestamp) {
///     let event = LoginFailed {
///         request,
///         claimed_sub: Some(Text::from("alice")),
///     };
///     assert_eq!(event.record(time).event, EventName::LoginFailed);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginFailed<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// The name that was tried.
    pub claimed_sub: Option<Text<'a>>,
}

impl Event for LoginFailed<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::LoginFailed, Outcome::Failure, time);
        self.request.fill(&mut record);
        record.claimed_sub = self.claimed_sub.as_ref().map(Text::reborrow);
        record.reason = Some(Reason::BadCredentials);
        record
    }
}
