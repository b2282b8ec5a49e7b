mod event_id;
mod own;

use std::fmt;

use jwtrail_event::{EventId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Key, KeyClass, Response, Severity};
pub use own::OwnAlert;

/// One key's episode under one rule: what the dashboard shows and the outputs send.
///
/// The serialized form is stable: fields are added, never changed. Times are whole
/// milliseconds of event time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Alert {
    /// The handle of the episode: the same from the raise to the resolution, and the same
    /// whenever the same log is replayed.
    pub id: AlertId,
    /// The id in final order: once the watermark has passed the crossing, the hash of rule,
    /// version, key and [`Alert::decisive_event_id`]. It differs from `id` only if an event
    /// that arrived later turned out to be the decisive one.
    pub settled_id: Option<AlertId>,
    /// The rule's name.
    pub rule: String,
    /// The rule's version: a hash of its file.
    pub rule_version: String,
    /// The rule's title.
    pub title: String,
    /// The rule's description.
    pub description: String,
    /// How bad it is; it may rise while the alert is open, never fall.
    pub severity: Severity,
    /// Whether it still goes on.
    pub status: AlertStatus,
    /// What the key is.
    pub key_class: KeyClass,
    /// Whom or what it concerns.
    pub key: Key,
    /// The time of the first event that counts.
    pub first_time: Timestamp,
    /// The time of the last event that counts.
    pub last_time: Timestamp,
    /// The time of the event that crossed the threshold.
    pub raised_at: Timestamp,
    /// Events that count: those in the window when the threshold was crossed, and every one
    /// after it.
    pub count: u64,
    /// The event that crossed the threshold.
    pub decisive_event_id: String,
    /// Some of the events that count, in time order: the first ones, the decisive one and the
    /// latest, at most [`MAX_EVIDENCE`].
    pub evidence: Vec<EvidenceItem>,
    /// The services that wrote them, sorted; at most 16.
    pub services: Vec<String>,
    /// The producer that delivered the decisive event.
    pub producer: String,
    /// What the rule asks for.
    pub response: Response,
    /// The service's alert that this one is part of, as [`Collapse`](crate::Collapse) has it: then
    /// nobody has to be told of this one by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<AlertId>,
    /// Where more events count than are named as evidence, and it is about a token or a family:
    /// with the evidence, at least one event for each writer, service, trust, issuer and subject
    /// that any of the events has. None where that is not known, or there are too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<Vec<EvidenceItem>>,
}

/// The most events that an alert names.
pub const MAX_EVIDENCE: usize = 200;

/// One event that an alert rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvidenceItem {
    /// Its position in the log.
    pub position: u64,
    /// Its id; serialized as its text.
    #[serde(with = "event_id")]
    pub event_id: EventId,
    /// Its time.
    pub time: Timestamp,
}

impl EvidenceItem {
    pub(crate) fn new(position: u64, event_id: u128, time: i64) -> Self {
        Self {
            position,
            event_id: EventId::from_u128(event_id),
            time: Timestamp::from_millis(time),
        }
    }
}

/// Whether an alert still goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "an episode goes on or does not")]
pub enum AlertStatus {
    /// It goes on.
    Open,
    /// It has been quiet for as long as the rule says.
    Resolved,
}

/// What happened to an alert. Keep the newest of each [`Alert::id`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlertChange {
    /// A threshold was crossed. Comes once per episode.
    Raised(Alert),
    /// More happened: at most once a second of arrival, at once where the severity rose.
    Updated(Alert),
    /// The episode is over; this is the final record.
    Resolved(Alert),
}

impl AlertChange {
    /// The alert as it is now.
    #[must_use]
    pub const fn alert(&self) -> &Alert {
        match self {
            Self::Raised(alert) | Self::Updated(alert) | Self::Resolved(alert) => alert,
        }
    }

    pub(crate) const fn alert_mut(&mut self) -> &mut Alert {
        match self {
            Self::Raised(alert) | Self::Updated(alert) | Self::Resolved(alert) => alert,
        }
    }

    /// The alert as it is now.
    #[must_use]
    pub fn into_alert(self) -> Alert {
        match self {
            Self::Raised(alert) | Self::Updated(alert) | Self::Resolved(alert) => alert,
        }
    }
}

/// An alert's id: 32 hexadecimal digits, a hash of rule, version, key and decisive event.
///
/// ```
/// use jwtrail_detect::AlertId;
/// let id: AlertId = "00112233445566778899aabbccddeeff".parse().unwrap();
/// assert_eq!(id.to_string(), "00112233445566778899aabbccddeeff");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlertId(u128);

impl AlertId {
    pub(crate) const fn from_u128(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128 bits, for a compact key.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for AlertId {
    type Err = NotAnAlertId;

    fn from_str(text: &str) -> Result<Self, NotAnAlertId> {
        let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() != 32 || !text.bytes().all(lower) {
            return Err(NotAnAlertId);
        }
        u128::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| NotAnAlertId)
    }
}

impl Serialize for AlertId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AlertId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Text that is not an alert's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an alert id: 32 lower-case hexadecimal digits")]
pub struct NotAnAlertId;
