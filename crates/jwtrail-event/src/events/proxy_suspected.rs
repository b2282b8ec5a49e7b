use std::net::IpAddr;

use super::{Correlation, Event};
use crate::{EventName, Outcome, Record, Text, Timestamp};

/// One address sends above half of the traffic: probably a proxy that is not configured as one.
///
/// ```
/// use jwtrail_event::events::{Correlation, Event as _, ProxySuspected};
/// use jwtrail_event::{EventName, Timestamp};
///
/// fn example(correlation: &Correlation<'_>, time: Timestamp) {
///     let event = ProxySuspected {
///         correlation,
///         client_ip: [203, 0, 113, 7].into(),
///     };
///     assert_eq!(event.record(time).event, EventName::ProxySuspected);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxySuspected<'a> {
    /// The ids that join it to what else happened.
    pub correlation: &'a Correlation<'a>,
    /// The address that sends above half of the traffic.
    pub client_ip: IpAddr,
}

impl Event for ProxySuspected<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = Record::new(EventName::ProxySuspected, Outcome::Success, time);
        self.correlation.fill(&mut record);
        record.client_ip = Some(Text::from(self.client_ip.to_string()));
        record
    }
}
