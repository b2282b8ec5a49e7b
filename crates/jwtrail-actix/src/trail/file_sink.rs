use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jwtrail_event::{Format, Record};

use super::TrailError;
use super::batch::Batch;
use super::sink::{Sink, SinkError};

/// Appends NDJSON to a file.
///
/// A file that was moved or removed from outside is opened anew with the next batch. One
/// process writes to one file. A line that a killed process left unfinished is closed with a
/// line feed and stays as it is.
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
    rotation: Option<Rotation>,
    format: Format,
}

#[derive(Debug)]
struct Opened {
    file: File,
    identity: Identity,
}

#[derive(Clone, Copy, Debug)]
struct Rotation {
    bytes: u64,
    keep: u32,
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
            rotation: None,
            format: Format::Jwtrail,
        })
    }

    /// Moves the file to `NAME.1` (and that to `NAME.2`, up to `keep`) once it has so many
    /// bytes.
    #[must_use]
    pub fn rotate_at(mut self, bytes: u64, keep: u32) -> Self {
        self.rotation = Some(Rotation {
            bytes,
            keep: keep.max(1),
        });
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
        let length = self.follow_rotation()?;
        if let Some(rotation) = self.rotation
            && length > 0
            && length + bytes.len() as u64 > rotation.bytes
        {
            self.rotate(rotation)?;
        }
        if self.torn {
            self.open.file.write_all(b"\n")?;
        }
        self.torn = true;
        self.open.file.write_all(bytes)?;
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

    fn rotate(&mut self, rotation: Rotation) -> io::Result<()> {
        for number in (1..rotation.keep).rev() {
            rename_if_there(&self.numbered(number), &self.numbered(number + 1))?;
        }
        rename_if_there(&self.path, &self.numbered(1))?;
        self.reopen().map(|_| ())
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
        let identity = Identity::of(&file.metadata()?);
        Ok(Self { file, identity })
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
