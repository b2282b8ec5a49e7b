use jwtrail_detect::{Alert, AlertStatus, Key, KeyClass, Response, Severity};
use jwtrail_event::Timestamp;
use serde::Serialize;

/// An alert as the API, the stream and the outputs show it.
#[derive(Debug, Serialize)]
pub(crate) struct AlertView<'a> {
    id: String,
    rule: &'a str,
    title: &'a str,
    severity: Severity,
    status: AlertStatus,
    key_class: KeyClass,
    key: &'a Key,
    first_time: Timestamp,
    last_time: Timestamp,
    raised_at: Timestamp,
    count: u64,
    description: &'a str,
    services: &'a [String],
    response: Response,
    decisive_event_id: &'a str,
    /// The service's alert that tells of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<String>,
}

impl<'a> AlertView<'a> {
    pub(crate) fn new(alert: &'a Alert) -> Self {
        Self {
            id: alert.id.to_string(),
            rule: &alert.rule,
            title: &alert.title,
            severity: alert.severity,
            status: alert.status,
            key_class: alert.key_class,
            key: &alert.key,
            first_time: alert.first_time,
            last_time: alert.last_time,
            raised_at: alert.raised_at,
            count: alert.count,
            description: &alert.description,
            services: &alert.services,
            response: alert.response,
            decisive_event_id: &alert.decisive_event_id,
            part_of: alert.part_of.map(|id| id.to_string()),
        }
    }

    pub(crate) fn json(alert: &'a Alert) -> serde_json::Value {
        // Text keys only: it always serializes.
        serde_json::to_value(Self::new(alert)).unwrap_or_default()
    }
}
