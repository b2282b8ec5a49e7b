use std::collections::BTreeMap;

use jwtrail_event::Timestamp;

use crate::logs::{Entry, Lines, LogFormat, parse_line};
use crate::observed::ObservedRecord;

/// Fields that the reader adds to a record: none of them was in the log.
pub mod mark {
    /// The format that the record was in.
    pub const FORMAT: &str = "@scan.format";
    /// The source that it came from, where there are several.
    pub const SOURCE: &str = "@scan.source";
    /// A name that stood in the record twice: no honest writer does that.
    pub const DOUBLED: &str = "@scan.doubled";
    /// `true` where the line held a terminal sequence or another control character as it is.
    pub const CONTROL: &str = "@scan.control";
    /// `true` where the line was longer than what is read.
    pub const CUT: &str = "@scan.cut";
}

/// Makes records of the bytes of a log, however they arrive.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    lines: Lines,
    offset: u64,
}

impl Decoder {
    /// A decoder of bytes that begin at an offset of their source.
    pub(super) fn at(offset: u64) -> Self {
        Self {
            lines: Lines::default(),
            offset,
        }
    }

    /// The records that the bytes complete.
    pub(super) fn decode(&mut self, bytes: &[u8], seen_at: Timestamp) -> Vec<ObservedRecord> {
        let mut records = Vec::new();
        for line in self.lines.feed(bytes) {
            let raw = String::from_utf8_lossy(&line.bytes);
            for entry in parse_line(&line.bytes) {
                let mut record = record(&entry, raw.to_string(), self.offset, seen_at);
                if line.cut {
                    record
                        .fields
                        .insert(mark::CUT.to_owned(), "true".to_owned());
                }
                records.push(record);
            }
            self.offset += line.length;
        }
        records
    }
}

/// A record of an entry; a name that is there twice keeps its last value, as readers do.
pub(super) fn record(
    entry: &Entry,
    raw: String,
    offset: u64,
    seen_at: Timestamp,
) -> ObservedRecord {
    let mut record = ObservedRecord::new(raw, offset, seen_at);
    let fields = entry.fields.iter();
    let mut fields: BTreeMap<String, String> = fields
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    // What is written here cannot be claimed by a log.
    fields.retain(|name, _| !name.starts_with("@scan."));
    fields.insert(mark::FORMAT.to_owned(), entry.format.as_str().to_owned());
    if let Some(doubled) = entry.fields.doubled()
        // Layers around a line repeat names.
        && entry.format != LogFormat::Tracing
    {
        fields.insert(mark::DOUBLED.to_owned(), doubled.to_owned());
    }
    if entry.control {
        fields.insert(mark::CONTROL.to_owned(), "true".to_owned());
    }
    record.fields = fields;
    record
}
