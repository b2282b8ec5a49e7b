//! Renderings of a record for systems that know other schemas than ours.

mod ecs;
mod ocsf;
mod tree;
mod values;

pub use ecs::VERSION as ECS_VERSION;
pub use ocsf::VERSION as OCSF_VERSION;

use crate::Record;
use crate::closed_set::closed_set;

closed_set! {
    /// How a record's line is written.
    ///
    /// ```
    /// use jwtrail_event::Format;
    /// assert_eq!("ocsf".parse(), Ok(Format::Ocsf));
    /// ```
    pub enum Format {
        /// The record's own schema.
        Jwtrail = "jwtrail",
        /// The Open Cybersecurity Schema Framework.
        Ocsf = "ocsf",
        /// The Elastic Common Schema.
        Ecs = "ecs",
    }
}

impl Format {
    /// Appends the record as one line of JSON, its newline included.
    ///
    /// No format loses a field: what a schema has no place for stands under `unmapped` (OCSF)
    /// or `jwtrail` (ECS). What a schema demands and the record does not have is `unknown`.
    /// Values are capped and escaped as in [`Record::write_ndjson`].
    ///
    /// ```
    /// use jwtrail_event::{EventName, Format, Outcome, Record, Timestamp};
    /// let record = Record::new(EventName::TokenMissing, Outcome::Failure, Timestamp::from_seconds(0));
    /// let mut line = Vec::new();
    /// Format::Ocsf.write(&record, &mut line);
    /// assert!(String::from_utf8(line).unwrap().contains(r#""class_uid":3002"#));
    /// ```
    pub fn write(self, record: &Record<'_>, out: &mut Vec<u8>) {
        let render = match self {
            Self::Jwtrail => return record.write_ndjson(out),
            Self::Ocsf => ocsf::write,
            Self::Ecs => ecs::write,
        };
        if record.rendered.is_none() {
            let mut capped = record.clone();
            capped.cap();
            return render(&capped, out);
        }
        // What the token says is there as a piece of our own line only.
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        match Record::read(&line) {
            Ok(read) => render(&read, out),
            // Not for lines of ours; and if, the decision matters more than what the token says.
            Err(_) => render(record, out),
        }
    }
}
