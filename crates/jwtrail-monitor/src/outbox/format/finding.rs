use jwtrail_detect::Severity;
use jwtrail_event::OCSF_VERSION;
use serde_json::{Value, json};

use super::Told;

/// A Detection Finding of OCSF: created when the alert is raised, updated when it
/// becomes worse, closed when it is over.
pub(super) fn body(told: &Told) -> Value {
    let alert = &told.alert;
    let (activity, status, time) = match (told.is_over(), told.risen_from()) {
        (true, _) => (CLOSE, RESOLVED, alert.last_time),
        (false, Some(_)) => (UPDATE, NEW, alert.last_time),
        (false, None) => (CREATE, NEW, alert.raised_at),
    };
    let mut unmapped = json!({
        "key_class": alert.key_class,
        "key": alert.key,
        "services": alert.services,
        "decisive_event_id": alert.decisive_event_id,
    });
    if let (Some(part_of), Some(unmapped)) = (&alert.part_of, unmapped.as_object_mut()) {
        unmapped.insert("part_of".to_owned(), part_of.as_str().into());
    }
    json!({
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "category_uid": CLASS / 1_000,
        "activity_id": activity,
        "type_uid": CLASS * 100 + activity,
        "severity_id": severity(alert.severity),
        "status_id": status,
        "is_alert": true,
        "time": time.as_millis(),
        "time_dt": time,
        "count": alert.count,
        "message": alert.title,
        "metadata": {
            "version": OCSF_VERSION,
            "profiles": ["datetime"],
            "product": { "name": "jwtrail", "vendor_name": "jwtrail" },
            "uid": format!("{}:{}", alert.id, told.notice),
            "event_code": format!("alert.{}", told.notice),
        },
        "finding_info": {
            "uid": alert.id,
            "title": alert.title,
            "desc": alert.description,
            "created_time": alert.raised_at.as_millis(),
            "created_time_dt": alert.raised_at,
            "first_seen_time": alert.first_time.as_millis(),
            "first_seen_time_dt": alert.first_time,
            "last_seen_time": alert.last_time.as_millis(),
            "last_seen_time_dt": alert.last_time,
            "analytic": { "name": alert.rule, "type": "Rule", "type_id": RULE },
        },
        "unmapped": unmapped,
    })
}

const fn severity(severity: Severity) -> u64 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

const CLASS: u64 = 2004;
const CREATE: u64 = 1;
const UPDATE: u64 = 2;
const CLOSE: u64 = 3;
const NEW: u64 = 1;
const RESOLVED: u64 = 4;
const RULE: u64 = 1;
