use std::fmt;

use jwtrail_event::{ReadError, Record};

/// An event in the log: its position and its line.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    position: u64,
    line: fjall::Slice,
}

impl Entry {
    /// An entry, for implementations.
    #[must_use]
    pub fn new(position: u64, line: &[u8]) -> Self {
        Self::from_slice(position, line.into())
    }

    pub(crate) const fn from_slice(position: u64, line: fjall::Slice) -> Self {
        Self { position, line }
    }

    /// The position in the log, from 1, one by one in the order of arrival.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The line of NDJSON as it was appended; it does not carry the position.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        &self.line
    }

    /// The event, with its position on it.
    ///
    /// # Errors
    /// When the line is not a record, which no version of jwtrail writes.
    pub fn record(&self) -> Result<Record<'_>, ReadError> {
        let mut record = Record::read(&self.line)?;
        record.position = Some(self.position);
        Ok(record)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("position", &self.position)
            .field("line", &String::from_utf8_lossy(&self.line))
            .finish()
    }
}
