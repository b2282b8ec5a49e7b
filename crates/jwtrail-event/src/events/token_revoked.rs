use super::{Claims, Correlation, Event, Family};
use crate::{EventName, Outcome, Record, Text, Timestamp, Trust};

/// A token, a family or a subject was revoked.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, TokenRevoked};
/// use jwtrail_event::{EventName, Text, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = TokenRevoked {
///         correlation,
///         actor: Text::from("alice"),
///         target: Text::from("token:t-1"),
///         claims: None,
///         family: None,
///         until: None,
///     };
///     assert_eq!(event.record(time).event, EventName::TokenRevoked);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRevoked<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// Who did it: a user, or `rule:` and a rule's name.
    pub actor: Text<'a>,
    /// What it concerns.
    pub target: Text<'a>,
    /// The issuer's word, where it is known.
    pub claims: Option<Claims<'a>>,
    /// The refresh family, where it is known.
    pub family: Option<Family<'a>>,
    /// Until when it holds.
    pub until: Option<Timestamp>,
}

impl Event for TokenRevoked<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::TokenRevoked, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.actor = Some(self.actor.reborrow());
        record.target = Some(self.target.reborrow());
        if let Some(claims) = &self.claims {
            claims.fill(Trust::Verified, &mut record);
        }
        if let Some(family) = &self.family {
            family.fill(&mut record);
        }
        record.until = self.until;
        record
    }
}
