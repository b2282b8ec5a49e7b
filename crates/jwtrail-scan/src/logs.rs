//! Log lines in, entries out: pure functions on bytes, for any service's log.

mod access;
mod ansi;
mod cursor;
mod entry;
mod flatten;
mod format;
mod lines;
mod logfmt;
mod moment;
mod otlp;
mod syslog;
mod tracing_text;

pub use entry::{Entry, Fields};
pub use format::{LogFormat, parse_line};
pub use lines::{Line, Lines, MAX_LINE};
pub use moment::{Moment, Notation};
pub use otlp::{NotOtlp, parse_otlp_json, parse_otlp_protobuf};
