use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jwtrail_event::{Clock, Format, Record, Timestamp};

use super::TrailError;
use super::batch::Batch;
use super::disk::sync_folder;
use super::sink::{Sink, SinkError};
use crate::SystemClock;
use rotation::Rotation;

mod rotation;

/// Appends NDJSON to a file.
///
/// A file that was moved or removed from outside is opened anew with the next batch, and one
/// that was cut to nothing is gone on with at its new end; who copies it and then cuts it
/// (`copytruncate`) loses what comes in between. One process writes to one file. A line that a
/// killed process left unfinished is closed with a line feed and stays as it is; a batch that
/// found no room on the disk leaves no part of itself behind, and comes again.
///
/// ```
/// use jwtrail_actix::{FileSink, Trail};
/// # let folder = tempfile::tempdir().unwrap();
/// let file = FileSink::open(folder.path().join("audit.ndjson"))?.rotate_at(64 << 20, 5);
/// let trail = Trail::builder("orders-api").sink(Box::new(file)).start()?;
/// # Ok::<(), jwtrail_actix::TrailError>(())
/// ```
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
    name: String,
    open: Opened,
    /// The file ends inside a line.
    torn: bool,
    rotation: Rotation,
    /// When the file was last written to, as a number of the rotation's time.
    period: i64,
    clock: Arc<dyn Clock>,
    format: Format,
}

#[derive(Debug)]
struct Opened {
    file: File,
    identity: Identity,
    /// When somebody last wrote to it, before it was opened.
    written: Option<Timestamp>,
    /// Whether the disk may lack its name.
    unnamed: bool,
}

impl FileSink {
    /// Opens the file, or makes it readable by its owner and group only.
    ///
    /// # Errors
    /// When it can't be opened for appending.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, TrailError> {
        let path = path.as_ref().to_owned();
        let opened = Opened::at(&path).and_then(|open| Ok((ends_inside_a_line(&path)?, open)));
        let (torn, open) = match opened {
            Ok(opened) => opened,
            Err(source) => return Err(TrailError::File { path, source }),
        };
        Ok(Self {
            name: format!("file:{}", path.display()),
            path,
            open,
            torn,
            rotation: Rotation::default(),
            period: 0,
            clock: Arc::new(SystemClock),
            format: Format::Jwtrail,
        })
    }

    /// Moves the file to `NAME.1` (and that to `NAME.2`, up to `keep`) once it has so many
    /// bytes.
    #[must_use]
    pub fn rotate_at(mut self, bytes: u64, keep: u32) -> Self {
        self.rotation.bytes = Some(bytes);
        self.rotation.keep_at_least(keep);
        self
    }

    /// The same with the first batch of each new span of time, counted from midnight UTC. Where
    /// both are asked for, the larger number of files is kept.
    ///
    /// ```
    /// use jwtrail_actix::FileSink;
    /// # let folder = tempfile::tempdir().unwrap();
    /// let day = std::time::Duration::from_secs(86_400);
    /// let file = FileSink::open(folder.path().join("audit.ndjson"))?
    ///     .rotate_every(day, 30)
    ///     .rotate_at(1 << 30, 30);
    /// # Ok::<(), jwtrail_actix::TrailError>(())
    /// ```
    #[must_use]
    pub fn rotate_every(mut self, every: Duration, keep: u32) -> Self {
        self.rotation.every = Some(every);
        self.rotation.keep_at_least(keep);
        let written = self.open.written;
        self.period = written.map_or(0, |time| self.rotation.period(time));
        self
    }

    /// Writes the records in the schema of another system.
    ///
    /// Of the formats only [`Format::Jwtrail`] is read by `jwtrail`. Rendering happens on the
    /// sink's thread and costs a request nothing.
    ///
    /// ```
    /// use jwtrail_actix::FileSink;
    /// use jwtrail_event::Format;
    /// # let folder = tempfile::tempdir().unwrap();
    /// let file = FileSink::open(folder.path().join("audit.ocsf.ndjson"))?.format(Format::Ocsf);
    /// # Ok::<(), jwtrail_actix::TrailError>(())
    /// ```
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut length = self.follow_rotation()?;
        let period = self.rotation.period(self.clock.now());
        if length > 0 && (self.rotation.exceeded(length, bytes) || period != self.period) {
            length = self.rotate()?;
        }
        self.period = period;
        let torn = std::mem::replace(&mut self.torn, true);
        let begun: &[u8] = if torn { b"\n" } else { b"" };
        let written = self.open.file.write_all(begun);
        if let Err(error) = written.and_then(|()| self.open.file.write_all(bytes)) {
            // Nothing of it must stay, for it comes again.
            if self.open.file.metadata()?.len() > length {
                self.open.file.set_len(length)?;
            }
            self.torn = torn;
            return Err(error);
        }
        self.torn = false;
        Ok(())
    }

    /// The length of the file at the path, which is opened anew if it is another one.
    fn follow_rotation(&mut self) -> io::Result<u64> {
        let there = match std::fs::metadata(&self.path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if let Some(metadata) = there
            && Identity::of(&metadata) == self.open.identity
        {
            return Ok(metadata.len());
        }
        self.reopen()
    }

    fn reopen(&mut self) -> io::Result<u64> {
        self.open = Opened::at(&self.path)?;
        self.torn = ends_inside_a_line(&self.path)?;
        Ok(self.open.file.metadata()?.len())
    }

    fn rotate(&mut self) -> io::Result<u64> {
        // Answers may wait for what is in it.
        self.sync_file()?;
        for number in (1..self.rotation.keep).rev() {
            rename_if_there(&self.numbered(number), &self.numbered(number + 1))?;
        }
        rename_if_there(&self.path, &self.numbered(1))?;
        self.reopen()
    }

    fn sync_file(&mut self) -> io::Result<()> {
        match self.open.file.sync_data() {
            // A pipe or a device, which has nothing to be synced.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(()),
            synced => synced?,
        }
        if self.open.unnamed
            && let Some(folder) = self.path.parent()
        {
            sync_folder(folder)?;
            self.open.unnamed = false;
        }
        Ok(())
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    }
}

impl Sink for FileSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        match self.format {
            Format::Jwtrail => self.append(batch.bytes()),
            format => self.append(&rendered(batch, format)),
        }
        .map_err(SinkError::new)
    }

    fn sync(&mut self) -> Result<(), SinkError> {
        self.sync_file().map_err(SinkError::new)
    }
}

fn rendered(batch: &Batch, format: Format) -> Vec<u8> {
    let mut rendered = Vec::with_capacity(2 * batch.bytes().len());
    for (_, line) in batch.lines() {
        match Record::read(line) {
            Ok(record) => format.write(&record, &mut rendered),
            // Not for lines of ours; and if, better in another schema than lost.
            Err(_) => rendered.extend_from_slice(line),
        }
    }
    rendered
}

impl Opened {
    fn at(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
        let file = options.open(path)?;
        let metadata = file.metadata()?;
        let written = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok())
            .and_then(|since| i64::try_from(since.as_micros()).ok());
        Ok(Self {
            identity: Identity::of(&metadata),
            file,
            written: written.map(Timestamp::from_micros),
            unnamed: true,
        })
    }
}

/// Tells a file from another one of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self(0, 0)
    }
}

fn ends_inside_a_line(path: &Path) -> io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        // A file that we may append to and not read.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(false),
        Err(error) => return Err(error),
    };
    if !file.metadata()?.is_file() || file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "file_sink_tests.rs"]
mod tests;
