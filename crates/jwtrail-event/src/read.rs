mod as_written;

use crate::{EventName, Kind, Outcome, Record, SCHEMA_VERSION, Timestamp};

impl<'a> Record<'a> {
    /// Reads one line of NDJSON, borrowing its texts from it.
    ///
    /// Unknown fields are passed over: they are additions of a newer writer. Values are cut to
    /// their caps, so that a foreign writer's long ones don't travel further.
    ///
    /// ```
    /// use jwtrail_event::Record;
    /// assert!(Record::read(b"{}").is_err());
    /// ```
    ///
    /// # Errors
    /// When the line is too long, is not such a record, or has a newer `schema_version`.
    pub fn read(line: &'a [u8]) -> Result<Self, ReadError> {
        if line.len() > MAX_LINE && whole(line).len() > MAX_LINE {
            return Err(ReadError::TooLong {
                length: whole(line).len(),
                limit: MAX_LINE,
            });
        }
        let mut record = Self::new(EventName::Heartbeat, Outcome::Success, Timestamp::default());
        if as_written::fill(&mut record, line).is_none() {
            record = parsed(whole(line))?;
        }
        if record.schema_version == 0 || record.schema_version > SCHEMA_VERSION {
            return Err(ReadError::Version {
                found: record.schema_version,
                known: SCHEMA_VERSION,
            });
        }
        if record.kind != record.event.kind() {
            return Err(ReadError::Kind {
                found: record.kind,
                right: record.event.kind(),
            });
        }
        record.cap();
        Ok(record)
    }
}

/// A line without the end of it. Whoever looks at a line's end before its begin waits for memory:
/// the machine fetches ahead what is read in its order.
fn whole(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// Of any line.
fn parsed(line: &[u8]) -> Result<Record<'_>, ReadError> {
    if let Some(depth) = deeper_than(MAX_DEPTH, line) {
        return Err(ReadError::TooDeep {
            depth,
            limit: MAX_DEPTH,
        });
    }
    sonic_rs::from_slice(line).map_err(|error| ReadError::NotARecord {
        column: error.column(),
        problem: problem(&error),
    })
}

/// Why a line is not a record. It never repeats the line's text but for names that should
/// have been the schema's.
///
/// ```
/// use jwtrail_event::{ReadError, Record};
/// let error = Record::read(b"no JSON").unwrap_err();
/// assert!(matches!(error, ReadError::NotARecord { column: 1.., .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The line is too long.
    #[error("the line has {length} bytes, the limit is {limit}; a record of ours is shorter")]
    TooLong {
        /// The line's length.
        length: usize,
        /// The most that is read.
        limit: usize,
    },
    /// The line nests too deep.
    #[error("the line nests {depth} levels deep, the limit is {limit}")]
    TooDeep {
        /// The line's depth.
        depth: usize,
        /// The deepest that is read.
        limit: usize,
    },
    /// The line is not JSON, or not a record.
    #[error("not an audit event at column {column}: {problem}")]
    NotARecord {
        /// Where the reader stopped, from 1.
        column: usize,
        /// What it stopped at.
        problem: String,
    },
    /// The record has a version that this reader does not know.
    #[error("schema_version {found}, this reader knows 1 to {known}")]
    Version {
        /// The record's version.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// The record's kind is not its event's.
    #[error("kind `{found}` on an event that is a `{right}`")]
    Kind {
        /// The kind that stands there.
        found: Kind,
        /// The kind that should.
        right: Kind,
    },
}

/// The longest line that is read, in bytes: one with every field at its cap and every character
/// escaped has room in it.
///
/// ```
/// use jwtrail_event::{MAX_LINE, ReadError, Record};
/// let long = vec![b' '; MAX_LINE + 1];
/// assert!(matches!(Record::read(&long), Err(ReadError::TooLong { .. })));
/// ```
pub const MAX_LINE: usize = 128 * 1024;

/// The deepest nesting that is read; the schema itself needs two levels.
const MAX_DEPTH: usize = 32;

/// How deep brackets nest, strings left out, where that is deeper than a limit. What is not JSON
/// gets some number, too.
pub(crate) fn deeper_than(limit: usize, line: &[u8]) -> Option<usize> {
    // They differ in one bit, and so few can't nest too deep: counting is quicker than nesting.
    // In chunks whose count fits a byte, so that many bytes are compared at once.
    let opens = |chunk: &[u8]| {
        let each = chunk.iter().map(|byte| u8::from(*byte | 0x20 == b'{'));
        usize::from(each.sum::<u8>())
    };
    let opened: usize = line.chunks(128).map(opens).sum();
    if opened <= limit {
        return None;
    }
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (deepest > limit).then_some(deepest)
}

/// The first line of the parser's message: the others show the input.
pub(crate) fn problem(error: &sonic_rs::Error) -> String {
    let message = error.to_string();
    let first = message.lines().next().unwrap_or("not JSON");
    crate::text::capped(first, 200).to_owned()
}
