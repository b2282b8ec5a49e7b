use std::collections::VecDeque;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jwtrail_event::{MAX_LINE, Record};

use super::TrailError;
use super::batch::{Batch, Drops};
use super::disk::sync_folder;
use super::queue::make_room;
use super::sink::Backlog;

/// What has not been delivered yet, on disk, in order.
///
/// Lines are appended to numbered files and read from the first; a file is removed when all
/// of it was delivered. What another boot left is delivered first. After a crash in between,
/// lines come again; the receiver knows them by their event id.
#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    segments: VecDeque<Segment>,
    /// How far the first file has been delivered.
    delivered: u64,
    capacity: u64,
    /// Whether the disk may lack the name of a file.
    unnamed: bool,
    /// Held as long as the spool is used.
    _lock: File,
}

#[derive(Debug)]
struct Segment {
    number: u64,
    length: u64,
    file: File,
    /// Whether the disk may lack some of it.
    unsynced: bool,
}

impl Spool {
    pub(super) fn open(folder: &Path, capacity: u64) -> Result<Self, TrailError> {
        let failed = |source| TrailError::Spool {
            path: folder.to_owned(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock = open_private(&folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(TrailError::SpoolInUse {
                    path: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        Ok(Self {
            segments: left_over(folder).map_err(failed)?,
            folder: folder.to_owned(),
            delivered: 0,
            capacity,
            unnamed: true,
            _lock: lock,
        })
    }

    /// Keeps the batch, or what of it finds room; says what did not.
    pub(super) fn append(&mut self, batch: &Batch) -> io::Result<Drops> {
        let there = self.bytes();
        if there + batch.bytes().len() as u64 <= self.capacity / 2 {
            self.write(batch.bytes())?;
            return Ok(Drops::default());
        }
        let mut batch = Arc::new(batch.clone());
        let drops = make_room(&mut batch, there, self.capacity);
        self.write(batch.bytes())?;
        Ok(drops)
    }

    /// Returns when the disk has what was appended.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        for segment in self.segments.iter_mut().rev() {
            if !segment.unsynced {
                break;
            }
            segment.file.sync_data()?;
            segment.unsynced = false;
        }
        if self.unnamed {
            sync_folder(&self.folder)?;
            self.unnamed = false;
        }
        Ok(())
    }

    /// The next lines, at most so many bytes of them, which stay until they are
    /// [`delivered`](Self::delivered).
    pub(super) fn next(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        let Some(first) = self.segments.front_mut() else {
            return Ok(Vec::new());
        };
        let left = first.length.saturating_sub(self.delivered);
        let wanted = left.min(limit as u64);
        let mut lines = vec![0; usize::try_from(wanted).unwrap_or(limit)];
        first.file.seek(SeekFrom::Start(self.delivered))?;
        first.file.read_exact(&mut lines)?;
        if let Some(end) = lines.iter().rposition(|byte| *byte == b'\n') {
            lines.truncate(end + 1);
        }
        Ok(lines)
    }

    /// The first `bytes` are where they belong.
    pub(super) fn delivered(&mut self, bytes: usize) -> io::Result<()> {
        self.delivered += bytes as u64;
        let caught_up = self.segments.len() == 1;
        let Some(first) = self.segments.front_mut() else {
            return Ok(());
        };
        if self.delivered < first.length {
            return Ok(());
        }
        self.delivered = 0;
        if caught_up {
            first.length = 0;
            return first.file.set_len(0);
        }
        let path = segment_path(&self.folder, first.number);
        self.segments.pop_front();
        std::fs::remove_file(path)
    }

    /// Gives up the first file, which can't be read.
    pub(super) fn abandon_first(&mut self) {
        self.delivered = 0;
        self.segments.pop_front();
    }

    /// How much is not delivered, and since when.
    pub(super) fn backlog(&mut self) -> Backlog {
        // A file that can't be read is the deliverer's to tell of.
        let first = self.next(MAX_LINE).unwrap_or_default();
        let first = first.split_inclusive(|byte| *byte == b'\n').next();
        let oldest = first.and_then(|line| Record::read(line).ok());
        Backlog {
            bytes: self.bytes(),
            oldest: oldest.map(|record| record.time),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let full = self
            .segments
            .back()
            .is_none_or(|last| last.length >= SEGMENT_BYTES);
        if full {
            let number = self.segments.back().map_or(0, |last| last.number + 1);
            let file = open_private(&segment_path(&self.folder, number))?;
            self.segments.push_back(Segment {
                number,
                length: 0,
                file,
                unsynced: false,
            });
            self.unnamed = true;
        }
        let Some(last) = self.segments.back_mut() else {
            return Ok(());
        };
        if let Err(error) = last.file.write_all(bytes) {
            // Half a line must not stay: what was written of the batch is taken back.
            last.file.set_len(last.length)?;
            return Err(error);
        }
        last.length += bytes.len() as u64;
        last.unsynced = true;
        Ok(())
    }

    fn bytes(&self) -> u64 {
        let sum: u64 = self.segments.iter().map(|segment| segment.length).sum();
        sum.saturating_sub(self.delivered)
    }
}

fn left_over(folder: &Path) -> io::Result<VecDeque<Segment>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    numbers
        .into_iter()
        .map(|number| {
            let mut file = open_private(&segment_path(folder, number))?;
            let length = whole_lines(&mut file)?;
            file.set_len(length)?;
            Ok(Segment {
                number,
                length,
                file,
                unsynced: true,
            })
        })
        .filter(|segment| !matches!(segment, Ok(empty) if empty.length == 0))
        .collect()
}

/// How many bytes end with a line feed: a killed process leaves half a line at most.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail = length.min(TAIL_BYTES);
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    Ok(end.map_or(0, |end| length - tail + end as u64 + 1))
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn segment_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:012}{SUFFIX}"))
}

const SUFFIX: &str = ".ndjson";
const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;
/// More than the longest line.
const TAIL_BYTES: u64 = 256 * 1024;

#[cfg(test)]
#[path = "spool_tests.rs"]
mod tests;
