use jwtrail_event::Timestamp;
use serde_json::{Value, json};

use super::Told;

/// The alerts of one request of the v2 API: one. Its labels are what Alertmanager knows it by,
/// so they say nothing that changes while it lasts.
pub(super) fn body(told: &Told, now: Timestamp) -> Value {
    let alert = &told.alert;
    // Without an end it would be over after five minutes in which it did not come again.
    let ends = match told.is_over() {
        true => now.min(alert.last_time.max(alert.raised_at)),
        false => now.plus_micros(OPEN_FOR),
    };
    json!([{
        "labels": {
            "alertname": alert.rule,
            "alert_id": alert.id,
            "key_class": alert.key_class,
            "key": alert.subject(),
            "services": alert.services.join(","),
            "source": "jwtrail",
        },
        "annotations": {
            "summary": alert.title,
            "description": alert.description,
            "severity": alert.severity,
            "count": alert.count.to_string(),
            "decisive_event_id": alert.decisive_event_id,
        },
        "startsAt": alert.raised_at,
        "endsAt": ends,
    }])
}

/// Where Alertmanager takes alerts.
pub(super) fn url(url: &str) -> String {
    format!("{}/api/v2/alerts", url.trim_end_matches('/'))
}

/// Microseconds: a week, if nobody says that it is over.
const OPEN_FOR: i64 = 7 * 86_400_000_000;
