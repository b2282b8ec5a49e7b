use super::{Claims, Event, Family, Request};
use crate::{EventName, Outcome, Record, Text, Timestamp, Trust};

/// A refresh token was rotated.
///
/// ```
/// use jwtrail_event::events::{Claims, Event as _, Family, Request, TokenRefreshed};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(request: &Request<'_>, claims: Claims<'_>, family: Family<'_>, time: Timestamp) {
///     let event = TokenRefreshed {
///         request,
///         claims,
///         family,
///         previous_jti: None,
///     };
///     assert_eq!(event.record(time).event, EventName::TokenRefreshed);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRefreshed<'a> {
    /// The request that caused it.
    pub request: &'a Request<'a>,
    /// The issuer's word.
    pub claims: Claims<'a>,
    /// The refresh family.
    pub family: Family<'a>,
    /// The access token that the new one follows.
    pub previous_jti: Option<Text<'a>>,
}

impl Event for TokenRefreshed<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::TokenRefreshed, Outcome::Success, time);
        self.request.fill(&mut record);
        self.claims.fill(Trust::Verified, &mut record);
        self.family.fill(&mut record);
        record.previous_jti = self.previous_jti.as_ref().map(Text::reborrow);
        record
    }
}
