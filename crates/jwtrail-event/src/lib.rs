//! The jwtrail audit event.
//!
//! One schema for everything: the middleware writes it, the monitor reads it, the scanner
//! checks for it. This crate owns the types, their line of NDJSON, the token's fingerprint and
//! the [`SecretToken`] that holds a token where one must be held.
//!
//! It does no I/O, reads no clock and draws no randomness; a [`Clock`] is passed in. It never
//! formats or serializes a token.
//!
//! ```
//! use jwtrail_event::{EventName, Outcome, Record, Timestamp};
//!
//! let record = Record::new(EventName::Heartbeat, Outcome::Success, Timestamp::from_seconds(0));
//! let mut line = Vec::new();
//! record.write_ndjson(&mut line);
//! assert_eq!(Record::read(&line).unwrap(), record);
//! ```
//!
//! # Features
//!
//! - `otlp`: the record as OpenTelemetry's protocol carries it.
//! - `schema`: the JSON Schema of the record, as committed in `schemas/`.

mod caps;
mod closed_set;
mod conformance;
pub mod events;
mod fingerprint;
mod format;
mod hex;
mod id;
mod name;
#[cfg(feature = "otlp")]
pub mod otlp;
mod pseudonym;
pub mod quarantine;
mod read;
mod reason;
mod record;
mod rendered;
#[cfg(feature = "schema")]
mod schema;
mod secret;
mod stamp;
mod steps;
mod text;
mod timestamp;
mod vocabulary;
mod write;

pub use closed_set::UnknownName;
pub use conformance::Violation;
pub use fingerprint::{Fingerprint, FingerprintKey, UnusableFingerprintKey};
pub use format::{ECS_VERSION, Format, OCSF_VERSION};
pub use id::{EventId, NotAnId, SpanId, TraceId};
pub use name::{EventName, Kind};
pub use pseudonym::{Pseudonyms, UnusablePseudonymKey};
pub use read::{MAX_LINE, ReadError};
pub use reason::Reason;
pub use record::{Counts, FIELD_NAMES, Record, SCHEMA_VERSION};
pub use rendered::RenderedToken;
#[cfg(feature = "schema")]
pub use schema::{event_reference, event_schema};
pub use secret::SecretToken;
pub use stamp::{Origin, Sort, Stamp, Writer};
pub use steps::{Step, StepResult, Steps};
pub use text::Text;
pub use timestamp::{Clock, NotATimestamp, Timestamp};
pub use vocabulary::{Authz, CacheUse, CorrelationSource, DroppedKind, Exit, Hop, Outcome, Trust};
pub use write::LineMemory;
