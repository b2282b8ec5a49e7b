//! One type for each event: what a caller has to know to report it, and nothing it may not say.
//!
//! An event becomes a [`Record`] with [`Event::record`]; the recorder then stamps the record
//! with the writer's name, the id and the number.
//!
//! ```
//! use jwtrail_event::events::{Correlation, Event as _, KeysFailed};
//! use jwtrail_event::{CorrelationSource, Reason, SpanId, Text, Timestamp, TraceId};
//!
//! let correlation = Correlation {
//!     id: Text::from("7f3a"),
//!     source: CorrelationSource::Generated,
//!     trace_id: TraceId::from_bits(7),
//!     span_id: SpanId::from_bits(7),
//!     linked_trace_id: None,
//! };
//! let event = KeysFailed { correlation: &correlation, issuer: Text::from("https://login.example") };
//! let record = event.record(Timestamp::from_seconds(0));
//! assert_eq!(record.reason, Some(Reason::KeyUnavailable));
//! ```

mod access_denied;
mod alert_raised;
mod audit_dropped;
mod config_unsafe;
mod facts;
mod heartbeat;
mod issue_refused;
mod keys;
mod limits_degraded;
mod login;
mod measured;
mod output_changed;
mod proxy_suspected;
mod quarantine;
mod rate_exceeded;
mod refresh_refused;
mod refresh_replayed;
mod refresh_reused;
mod rules_changed;
mod subject_erased;
mod token_accepted;
mod token_issued;
mod token_missing;
mod token_refreshed;
mod token_rejected;
mod token_revoked;

pub use access_denied::AccessDenied;
pub use alert_raised::AlertRaised;
pub use audit_dropped::AuditDropped;
pub use config_unsafe::ConfigUnsafe;
pub use facts::{
    Answer, Authorization, Claimed, Claims, Correlation, Evidence, Family, Request, TokenHeader,
};
pub use heartbeat::Heartbeat;
pub use issue_refused::IssueRefused;
pub use keys::{KeysFailed, KeysRefreshed};
pub use limits_degraded::LimitsDegraded;
pub use login::{LoginFailed, LoginSucceeded};
pub use measured::{Decided, Happened, Measure};
pub use output_changed::OutputChanged;
pub use proxy_suspected::ProxySuspected;
pub use quarantine::{QuarantineAdded, QuarantineExpired, QuarantineReleased};
pub use rate_exceeded::RateExceeded;
pub use refresh_refused::RefreshRefused;
pub use refresh_replayed::RefreshReplayed;
pub use refresh_reused::RefreshReused;
pub use rules_changed::RulesChanged;
pub use subject_erased::SubjectErased;
pub use token_accepted::{AcceptedToken, TokenAccepted};
pub use token_issued::TokenIssued;
pub use token_missing::TokenMissing;
pub use token_refreshed::TokenRefreshed;
pub use token_rejected::TokenRejected;
pub use token_revoked::TokenRevoked;

use crate::{Record, Sort, Stamp, Timestamp};

/// Something that happened, ready to be recorded.
pub trait Event {
    /// The record of it, not yet stamped.
    fn record(&self, time: Timestamp) -> Record<'_>;

    /// Appends the line of the record, stamped, and says what it holds. What happens on every
    /// request may know a shorter way to the same line.
    fn write(&self, time: Timestamp, stamp: &Stamp<'_>, line: &mut Vec<u8>) -> Sort {
        stamp.write(self.record(time), line)
    }

    /// Has it counted. What happens on every request may know a shorter way here, too.
    fn measure(&self, meter: &mut impl Measure)
    where
        Self: Sized,
    {
        measured::measure(&self.record(measured::WHENEVER), meter);
    }
}
