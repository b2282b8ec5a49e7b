use jwtrail_event::{EventId, Timestamp};

use super::{Alert, AlertId, AlertStatus};
use crate::hash::Hash;
use crate::{Key, KeyClass, Response, Severity};

/// What a monitor has to say of itself that is as urgent as what its rules find.
///
/// ```
/// use jwtrail_detect::{Alert, OwnAlert, Severity};
/// use jwtrail_event::Timestamp;
/// let alert = Alert::from(OwnAlert {
///     rule: "responses-halted",
///     title: "Automatic quarantine has halted",
///     description: "More subjects were held within an hour than is plausible.",
///     severity: Severity::High,
///     service: "jwtrail-monitor",
///     at: Timestamp::from_seconds(0),
/// });
/// assert_eq!(alert.key.display, "jwtrail-monitor");
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct OwnAlert<'a> {
    /// What stands in the place of a rule's name; no rule may have it.
    pub rule: &'a str,
    /// One line.
    pub title: &'a str,
    /// What has happened, and what to do.
    pub description: &'a str,
    /// How bad it is.
    pub severity: Severity,
    /// The monitor's name as a service.
    pub service: &'a str,
    /// When it happened: with `rule` and `service` it makes the id.
    pub at: Timestamp,
}

impl From<OwnAlert<'_>> for Alert {
    /// The open alert; it rests on no event of the log.
    fn from(about: OwnAlert<'_>) -> Self {
        let id = Hash::new("own alert")
            .part(about.rule)
            .part(about.service)
            .bytes(&about.at.as_millis().to_le_bytes())
            .finish();
        Self {
            id: AlertId::from_u128(id),
            settled_id: Some(AlertId::from_u128(id)),
            rule: about.rule.to_owned(),
            rule_version: String::new(),
            title: about.title.to_owned(),
            description: about.description.to_owned(),
            severity: about.severity,
            status: AlertStatus::Open,
            key_class: KeyClass::Monitor,
            key: Key {
                display: about.service.to_owned(),
                service: Some(about.service.to_owned()),
                ..Key::default()
            },
            first_time: about.at,
            last_time: about.at,
            raised_at: about.at,
            count: 1,
            decisive_event_id: EventId::from_u128(0).to_string(),
            evidence: Vec::new(),
            services: vec![about.service.to_owned()],
            producer: about.service.to_owned(),
            response: Response::Alert,
            part_of: None,
            witnesses: None,
        }
    }
}
