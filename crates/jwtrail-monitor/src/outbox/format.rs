//! What is sent to each kind of output: made of the notice that waits, when it is sent.

mod alertmanager;
mod finding;
#[cfg(feature = "smtp")]
mod letter;
mod otlp;
mod slack;

use std::borrow::Cow;

use jwtrail_detect::Severity;
use jwtrail_event::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Before;
use crate::AlertFormat;
#[cfg(feature = "smtp")]
pub(super) use letter::Letter;

/// The body of a request, or the line of a file. None for a notice that can't be read.
pub(super) fn body(format: AlertFormat, notice: &[u8], now: Timestamp) -> Option<Vec<u8>> {
    let render = match format {
        AlertFormat::Jwtrail => return Some(notice.to_vec()),
        AlertFormat::Alertmanager => alertmanager::body,
        AlertFormat::Slack => |told: &Told, _| slack::body(told),
        AlertFormat::Ocsf => |told: &Told, _| finding::body(told),
        AlertFormat::Otlp => otlp::body,
    };
    let told: Told = serde_json::from_slice(notice).ok()?;
    Some(render(&told, now).to_string().into_bytes())
}

/// Where a body is posted to.
pub(super) fn url(format: AlertFormat, url: &str) -> Cow<'_, str> {
    match format {
        AlertFormat::Alertmanager => alertmanager::url(url).into(),
        AlertFormat::Otlp => otlp::url(url).into(),
        _ => url.into(),
    }
}

/// Whether an answer of good status says that nothing was kept.
pub(super) fn is_rejected(format: AlertFormat, answer: &[u8]) -> bool {
    format == AlertFormat::Otlp && otlp::is_rejected(answer)
}

/// A notice, as it waits.
#[derive(Deserialize)]
struct Told {
    notice: String,
    alert: Alert,
    /// What the notice before said; older versions kept none.
    #[serde(default)]
    before: Option<Before>,
}

/// What the formats say of an alert.
#[derive(Deserialize)]
struct Alert {
    id: String,
    rule: String,
    title: String,
    severity: Severity,
    key_class: String,
    key: Map<String, Value>,
    first_time: Timestamp,
    last_time: Timestamp,
    raised_at: Timestamp,
    count: u64,
    description: String,
    services: Vec<String>,
    decisive_event_id: String,
    #[serde(default)]
    part_of: Option<String>,
}

impl Told {
    fn is_over(&self) -> bool {
        self.notice == "resolved"
    }

    /// The severity that it had, where this tells that it rose.
    fn risen_from(&self) -> Option<Severity> {
        let before = self.before.as_ref();
        before
            .filter(|_| self.notice == "escalated")
            .map(|before| before.severity)
    }
}

impl Alert {
    /// Whom or what it concerns, for people.
    fn subject(&self) -> String {
        if let Some(Value::String(display)) = self.key.get("display") {
            return display.clone();
        }
        let parts = self.key.iter().map(|(name, value)| match value {
            Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        });
        parts.collect::<Vec<_>>().join(" ")
    }
}
