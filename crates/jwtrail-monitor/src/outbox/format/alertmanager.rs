use jwtrail_detect::Severity;
use jwtrail_event::Timestamp;
use serde_json::{Value, json};

use super::{Before, Told};

/// The alerts of one request of the v2 API. Alertmanager knows an alert by its labels, and people
/// route by the severity: one that rose is an alert of its own, and the request that brings it
/// ends the former.
pub(super) fn body(told: &Told, now: Timestamp) -> Value {
    let alert = &told.alert;
    let over = now.min(alert.last_time.max(alert.raised_at));
    match (told.is_over(), told.risen_from()) {
        // Under the severity that was told, whatever its final order made of it.
        (true, _) => json!([one(told, told.severity(), over)]),
        (false, None) => json!([one(told, alert.severity, now.plus_micros(OPEN_FOR))]),
        (false, Some(former)) => json!([
            one(told, former, over),
            one(told, alert.severity, now.plus_micros(OPEN_FOR)),
        ]),
    }
}

/// An alert with its end: without one it would be over after five minutes in which it did not
/// come again.
fn one(told: &Told, severity: Severity, ends: Timestamp) -> Value {
    let alert = &told.alert;
    let before = told.before.as_ref();
    let services = before.map_or(&alert.services, |before| &before.services);
    let began = before.map_or(alert.raised_at, |before| before.raised_at);
    json!({
        "labels": {
            "alertname": alert.rule,
            "alert_id": alert.id,
            "severity": severity,
            "key_class": alert.key_class,
            "key": alert.subject(),
            "services": services.join(","),
            "source": "jwtrail",
        },
        "annotations": {
            "summary": alert.title,
            "description": alert.description,
            "count": alert.count.to_string(),
            "decisive_event_id": alert.decisive_event_id,
        },
        // It refuses one that ends before it began.
        "startsAt": began.min(ends),
        "endsAt": ends,
    })
}

impl Told {
    fn severity(&self) -> Severity {
        let severity = |before: &Before| before.severity;
        self.before.as_ref().map_or(self.alert.severity, severity)
    }
}

/// Where Alertmanager takes alerts.
pub(super) fn url(url: &str) -> String {
    format!("{}/api/v2/alerts", url.trim_end_matches('/'))
}

/// Microseconds: a week, if nobody says that it is over.
const OPEN_FOR: i64 = 7 * 86_400_000_000;
