use std::fmt;

use jwtrail_event::{EventName, Reason, Record};
use jwtrail_forge::Defect;

/// What a record must say for a test to be content with it; what is not named may be anything.
///
/// ```
/// use jwtrail_event::{EventName, Outcome, Reason, Record, Timestamp};
/// use jwtrail_testkit::RecordPattern;
///
/// let expired = RecordPattern::of(EventName::TokenRejected).reason(Reason::Expired);
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, now);
/// assert!(!expired.matches(&record));
/// record.reason = Some(Reason::Expired);
/// assert!(expired.matches(&record));
/// assert_eq!(expired.to_string(), "event `token.rejected`, reason `expired`");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct RecordPattern {
    wanted: Vec<Wanted>,
}

impl RecordPattern {
    /// Any record.
    pub fn any() -> Self {
        Self::default()
    }

    /// A record of this event.
    pub fn of(event: EventName) -> Self {
        Self::any().and(Field::Event, event)
    }

    /// Failed for this reason.
    pub fn reason(self, reason: Reason) -> Self {
        self.and(Field::Reason, reason)
    }

    /// Refused for what is wrong with such a token.
    pub fn because_of(self, defect: Defect) -> Self {
        match defect.reason() {
            Some(reason) => self.reason(reason),
            None => self,
        }
    }

    /// `token_sub`: the subject of a token whose signature held.
    pub fn subject(self, subject: &str) -> Self {
        self.and(Field::Subject, subject)
    }

    /// `claimed_sub`: the subject that a token without a valid signature claims, or the name of a
    /// failed login.
    pub fn claimed_subject(self, subject: &str) -> Self {
        self.and(Field::ClaimedSubject, subject)
    }

    /// `token_jti`.
    pub fn token_id(self, id: &str) -> Self {
        self.and(Field::TokenId, id)
    }

    /// `correlation_id`.
    pub fn correlation_id(self, id: &str) -> Self {
        self.and(Field::CorrelationId, id)
    }

    /// `route`, the pattern of it.
    pub fn route(self, pattern: &str) -> Self {
        self.and(Field::Route, pattern)
    }

    /// `status` of the answer.
    pub fn status(self, status: u16) -> Self {
        self.and(Field::Status, status)
    }

    /// Whether the record says all of it.
    #[must_use]
    pub fn matches(&self, record: &Record<'_>) -> bool {
        self.wanted.iter().all(|wanted| wanted.holds(record))
    }

    /// What of it the record does not say.
    pub(crate) fn differs(&self, record: &Record<'_>) -> Vec<&'static str> {
        let wanted = self.wanted.iter();
        let others = wanted.filter(|wanted| !wanted.holds(record));
        others.map(|wanted| wanted.field.name()).collect()
    }

    fn and(mut self, field: Field, value: impl ToString) -> Self {
        self.wanted.retain(|wanted| wanted.field != field);
        self.wanted.push(Wanted {
            field,
            value: value.to_string(),
        });
        self
    }
}

impl fmt::Display for RecordPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = self.wanted.iter();
        let parts: Vec<String> = wanted
            .map(|wanted| shown(wanted.field, &wanted.value))
            .collect();
        match parts.as_slice() {
            [] => f.write_str("anything"),
            parts => f.write_str(&parts.join(", ")),
        }
    }
}

/// A record as a failed assertion shows it: the fields that a pattern can name, and no others.
pub(crate) fn summary(record: &Record<'_>) -> String {
    let fields = Field::ALL.iter();
    let parts = fields.filter_map(|field| Some(shown(*field, &field.of(record)?)));
    parts.collect::<Vec<_>>().join(", ")
}

/// A value as it is shown. What could be a token, since the service under test put one where
/// none belongs, is not shown.
fn shown(field: Field, value: &str) -> String {
    let name = field.name();
    let parts = value.split('.').filter(|part| part.len() >= 8).count();
    if field.is_open() && (value.contains("eyJ") || parts >= 3) {
        return format!("{name} that looks like a token");
    }
    let cut: String = value.chars().take(LONGEST).collect();
    let rest = if cut.len() < value.len() { "…" } else { "" };
    format!("{name} `{}{rest}`", cut.escape_debug())
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    field: Field,
    value: String,
}

impl Wanted {
    fn holds(&self, record: &Record<'_>) -> bool {
        self.field
            .of(record)
            .is_some_and(|found| found == self.value)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Event,
    Reason,
    Subject,
    ClaimedSubject,
    TokenId,
    CorrelationId,
    Route,
    Status,
}

impl Field {
    const ALL: &'static [Self] = &[
        Self::Event,
        Self::Reason,
        Self::Subject,
        Self::ClaimedSubject,
        Self::TokenId,
        Self::CorrelationId,
        Self::Route,
        Self::Status,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Reason => "reason",
            Self::Subject => "subject",
            Self::ClaimedSubject => "claimed subject",
            Self::TokenId => "token id",
            Self::CorrelationId => "correlation id",
            Self::Route => "route",
            Self::Status => "status",
        }
    }

    /// Whether it is not of a closed set.
    const fn is_open(self) -> bool {
        !matches!(self, Self::Event | Self::Reason | Self::Status)
    }

    fn of(self, record: &Record<'_>) -> Option<String> {
        let text = match self {
            Self::Event => return Some(record.event.to_string()),
            Self::Reason => return record.reason.map(|reason| reason.to_string()),
            Self::Status => return record.status.map(|status| status.to_string()),
            Self::Subject => record.token_sub.as_ref()?,
            Self::ClaimedSubject => record.claimed_sub.as_ref()?,
            Self::TokenId => record.token_jti.as_ref()?,
            Self::CorrelationId => &record.correlation_id,
            Self::Route => record.route.as_ref()?,
        };
        Some(text.as_str().to_owned()).filter(|text| !text.is_empty())
    }
}

/// Characters of a value that are shown.
const LONGEST: usize = 80;
