use std::fmt;
use std::time::Duration;

use jwtrail_event::Record;

use crate::pattern::summary;
use crate::{CapturedLines, RecordPattern};

impl CapturedLines {
    /// The records that were written so far, in order. What is no record is left out:
    /// [`AuditCompliance`](crate::AuditCompliance) names it.
    #[must_use]
    pub fn records(&self) -> Vec<CapturedRecord> {
        read(&self.bytes()).records
    }

    /// Waits until such a record is there, and gives the first one.
    ///
    /// It blocks the thread, as [`wait_for_lines`](Self::wait_for_lines) does; sinks of the
    /// middleware write on a thread of their own and come through.
    ///
    /// # Errors
    /// When the time runs out; the error says which records there were.
    pub fn wait_for_record(
        &self,
        pattern: &RecordPattern,
        limit: Duration,
    ) -> Result<CapturedRecord, NotRecorded> {
        let mut found = None;
        let waited = self.wait_until(limit, |bytes| {
            found = find(bytes, pattern);
            found.is_some()
        });
        let missing = |_| NotRecorded::new(pattern, limit, &self.bytes());
        let bytes = waited.map_err(missing)?;
        found.ok_or_else(|| NotRecorded::new(pattern, limit, &bytes))
    }

    /// Such a record, which comes within ten seconds.
    ///
    /// ```
    /// use jwtrail_event::{EventName, Outcome, Record, Timestamp};
    /// use jwtrail_testkit::{CapturedLines, RecordPattern};
    ///
    /// let captured = CapturedLines::new();
    /// let mut line = Vec::new();
    /// let now = Timestamp::from_seconds(1_800_000_000);
    /// Record::new(EventName::Heartbeat, Outcome::Success, now).write_ndjson(&mut line);
    /// captured.append(&line);
    /// let record = captured.assert_recorded(&RecordPattern::of(EventName::Heartbeat));
    /// assert_eq!(record.read().outcome, Outcome::Success);
    /// captured.assert_not_recorded(&RecordPattern::of(EventName::TokenRejected));
    /// ```
    ///
    /// # Panics
    /// When it does not come, saying what was expected and which records there were.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is an assertion for tests")]
    pub fn assert_recorded(&self, pattern: &RecordPattern) -> CapturedRecord {
        match self.wait_for_record(pattern, PATIENCE) {
            Ok(record) => record,
            Err(missing) => panic!("{missing}"),
        }
    }

    /// No such record was written so far. Flush or stop the trail before, so that all is there.
    ///
    /// # Panics
    /// When there is one, saying which.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is an assertion for tests")]
    pub fn assert_not_recorded(&self, pattern: &RecordPattern) {
        if let Some(record) = find(&self.bytes(), pattern) {
            panic!("there must be no record of {pattern}, but there is: {record}");
        }
    }
}

/// A record that was captured, with its line.
///
/// Its `Display` and `Debug` show what a [`RecordPattern`] can name, and nothing else of it.
///
/// ```
/// use jwtrail_testkit::{CapturedLines, CapturedRecord};
///
/// let captured = CapturedLines::new();
/// captured.append(b"no record\n");
/// let records: Vec<CapturedRecord> = captured.records();
/// assert!(records.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CapturedRecord {
    line: Vec<u8>,
}

impl CapturedRecord {
    /// The record.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the line was read when it was captured")]
    pub fn read(&self) -> Record<'_> {
        Record::read(&self.line).expect("a record")
    }

    /// Its line, as the sink wrote it.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        &self.line
    }
}

impl fmt::Display for CapturedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&summary(&self.read()))
    }
}

impl fmt::Debug for CapturedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CapturedRecord({self})")
    }
}

/// No record was as it was expected.
///
/// Its text lists the records that there were, and for each what is not as expected:
///
/// ```
/// use std::time::Duration;
/// use jwtrail_event::{EventName, Reason};
/// use jwtrail_testkit::{CapturedLines, NotRecorded, RecordPattern};
///
/// let captured = CapturedLines::new();
/// let pattern = RecordPattern::of(EventName::TokenRejected).reason(Reason::Expired);
/// let missing: NotRecorded = captured.wait_for_record(&pattern, Duration::ZERO).unwrap_err();
/// assert_eq!(
///     missing.to_string(),
///     "no record of event `token.rejected`, reason `expired` came within 0ns; \
///      there were no records at all",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotRecorded {
    /// What was expected.
    pub pattern: RecordPattern,
    /// How long was waited.
    pub limit: Duration,
    /// The records that there were.
    pub found: Vec<CapturedRecord>,
    /// How many lines were no records.
    pub other_lines: usize,
}

impl NotRecorded {
    fn new(pattern: &RecordPattern, limit: Duration, bytes: &[u8]) -> Self {
        let Lines { records, others } = read(bytes);
        Self {
            pattern: pattern.clone(),
            limit,
            found: records,
            other_lines: others,
        }
    }
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pattern, limit) = (&self.pattern, self.limit);
        write!(f, "no record of {pattern} came within {limit:?}; ")?;
        match self.found.len() {
            0 => f.write_str("there were no records at all")?,
            1 => f.write_str("there was 1 record:")?,
            count => write!(f, "there were {count} records:")?,
        }
        let left_out = self.found.len().saturating_sub(MOST_LISTED);
        if left_out > 0 {
            write!(f, "\n- {left_out} earlier ones")?;
        }
        for record in self.found.iter().skip(left_out) {
            let differs = pattern.differs(&record.read()).join(" and ");
            write!(f, "\n- {record} (not as expected: {differs})")?;
        }
        match self.other_lines {
            0 => Ok(()),
            1 => f.write_str("\n- and 1 line that is no record"),
            count => write!(f, "\n- and {count} lines that are no records"),
        }
    }
}

impl std::error::Error for NotRecorded {}

struct Lines {
    records: Vec<CapturedRecord>,
    others: usize,
}

/// Whole lines; the last one may still be on its way.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| line.ends_with(b"\n"))
}

fn read(bytes: &[u8]) -> Lines {
    let mut read = Lines {
        records: Vec::new(),
        others: 0,
    };
    for line in lines(bytes) {
        match Record::read(line) {
            Ok(_) => read.records.push(CapturedRecord {
                line: line.to_vec(),
            }),
            Err(_) => read.others += 1,
        }
    }
    read
}

fn find(bytes: &[u8], pattern: &RecordPattern) -> Option<CapturedRecord> {
    let matches = |line: &&[u8]| Record::read(line).is_ok_and(|record| pattern.matches(&record));
    let line = lines(bytes).find(matches)?;
    Some(CapturedRecord {
        line: line.to_vec(),
    })
}

/// How long an assertion waits for a record.
const PATIENCE: Duration = Duration::from_secs(10);

/// Records that an error lists, the last ones.
const MOST_LISTED: usize = 20;
