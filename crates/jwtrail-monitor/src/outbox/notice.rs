use jwtrail_detect::{Alert, Severity};
use jwtrail_event::Timestamp;
use jwtrail_store::{Change, Table};
use serde::{Deserialize, Serialize};

use super::Output;
use crate::alerts::{AlertView, order};

/// What an output is told about an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    Raised,
    Escalated,
    Resolved,
}

impl Notice {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Escalated => "escalated",
            Self::Resolved => "resolved",
        }
    }

    /// Its part of what tells notices apart. Those of one alert sort as they came about, for the
    /// queue goes by it.
    fn identity(self, alert: &Alert) -> String {
        match self {
            Self::Escalated => format!("{}:raised:{}", alert.id, alert.severity),
            _ => format!("{}:{}", alert.id, self.as_str()),
        }
    }
}

/// What the outputs were last told of an alert: who keeps alerts under what is said of them
/// has to hear the same again when it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Before {
    pub(crate) severity: Severity,
    pub(crate) services: Vec<String>,
    pub(crate) raised_at: Timestamp,
}

impl Before {
    pub(crate) fn of(alert: &Alert) -> Self {
        Self {
            severity: alert.severity,
            services: alert.services.clone(),
            raised_at: alert.raised_at,
        }
    }
}

/// Adds a notice for every output to a commit. What was told before stands in it and keeps its
/// place in the queue, even where the alert's time has moved since.
pub(crate) fn enqueue(
    outputs: &[Output],
    alert: &Alert,
    notice: Notice,
    before: Option<&Before>,
    changes: &mut Vec<Change>,
) {
    // Text keys only: it always serializes.
    let body = serde_json::to_vec(&Body {
        version: 1,
        notice: notice.as_str(),
        alert: AlertView::new(alert),
        before,
    });
    let body = body.unwrap_or_default();
    let raised_at = before.map_or(alert.raised_at, |before| before.raised_at);
    for output in outputs {
        let place = [&order(raised_at), notice.identity(alert).as_bytes()].concat();
        let key = output.queue.key(&place);
        changes.push(Change::Put(Table::Outbox, key, body.clone()));
    }
}

/// A notice of our own format, and what the others are made of.
#[derive(Serialize)]
struct Body<'a> {
    version: u8,
    notice: &'static str,
    alert: AlertView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a Before>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_of_an_alert_sort_as_they_came_about() {
        let time = Timestamp::from_seconds(1);
        let alert: Alert = serde_json::from_value(serde_json::json!({
            "id": "00112233445566778899aabbccddeeff", "settled_id": null, "rule": "r",
            "rule_version": "1", "title": "t", "description": "d", "severity": "critical",
            "status": "open", "key_class": "service",
            "key": { "class": "service", "display": "a", "service": "a" },
            "first_time": time, "last_time": time, "raised_at": time, "count": 1,
            "decisive_event_id": "e", "evidence": [], "services": [], "producer": "a",
            "response": "alert",
        }))
        .unwrap();
        let all = [Notice::Raised, Notice::Escalated, Notice::Resolved];
        let identities = all.map(|notice| notice.identity(&alert));
        assert!(identities.is_sorted(), "{identities:?}");
    }
}
