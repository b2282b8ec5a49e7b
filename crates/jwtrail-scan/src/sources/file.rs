use std::fs::{File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jwtrail_event::Clock;

use super::decoder::Decoder;
use crate::observed::{LogSource, ObservedRecord, Polled, UnreadableLog};

/// A log file, followed from where it ends when it is opened.
///
/// A file that is rotated away is read to its end before the new one is begun; one that is cut
/// is read from its start.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: File,
    identity: Identity,
    began_at: u64,
    position: u64,
    head: Vec<u8>,
    decoder: Decoder,
    clock: Arc<dyn Clock>,
}

impl LogFile {
    /// Opens a file; what it holds by now is passed over.
    ///
    /// # Errors
    /// When there is no such file, or it may not be read.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, UnreadableLog> {
        let opened = opened(path).and_then(|(mut file, identity)| {
            let end = file.seek(SeekFrom::End(0))?;
            let head = head(&file)?;
            Ok((file, identity, end, head))
        });
        let (file, identity, end, head) = opened.map_err(|error| unreadable(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            identity,
            began_at: end,
            position: end,
            head,
            decoder: Decoder::at(end),
            clock,
        })
    }

    fn read(&mut self) -> io::Result<Vec<ObservedRecord>> {
        let mut records = Vec::new();
        if self.was_cut()? {
            self.begin_at_start()?;
        }
        self.drain(&mut records)?;
        match opened(&self.path) {
            Ok((file, identity)) if identity != self.identity => {
                // Whoever wrote to the old one may have done so since.
                self.drain(&mut records)?;
                (self.file, self.identity) = (file, identity);
                self.begin_at_start()?;
                self.drain(&mut records)?;
            }
            Ok(_) => {}
            // Between the two halves of a rotation there is none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.head = head(&self.file)?;
        Ok(records)
    }

    /// Whether the file was cut, also where it has grown past our place since.
    fn was_cut(&self) -> io::Result<bool> {
        if self.file.metadata()?.len() < self.position {
            return Ok(true);
        }
        Ok(!head(&self.file)?.starts_with(&self.head))
    }

    fn begin_at_start(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.position = 0;
        self.decoder = Decoder::default();
        Ok(())
    }

    fn drain(&mut self, records: &mut Vec<ObservedRecord>) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER];
        loop {
            let length = match self.file.read(&mut buffer) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = buffer.get(..length).unwrap_or_default();
            if bytes.is_empty() {
                return Ok(());
            }
            self.position += u64::try_from(length).unwrap_or(0);
            records.extend(self.decoder.decode(bytes, self.clock.now()));
        }
    }
}

impl LogSource for LogFile {
    fn description(&self) -> String {
        format!(
            "the file {}, from byte {}",
            self.path.display(),
            self.began_at
        )
    }

    fn poll(&mut self) -> Polled<'_> {
        // Reading what a page cache holds does not block; a scan has few of these.
        let read = self.read();
        let read = read.map_err(|error| unreadable(&self.path, error));
        Box::pin(std::future::ready(read))
    }
}

/// Which file stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

fn opened(path: &Path) -> io::Result<(File, Identity)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((file, Identity::of(&metadata)))
}

/// The first bytes: those of a log do not change while it grows.
fn head(file: &File) -> io::Result<Vec<u8>> {
    let mut head = vec![0; HEAD];
    let mut length = 0;
    while let Some(rest) = head.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, u64::try_from(length).unwrap_or(0)) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    Ok(head)
}

fn unreadable(path: &Path, error: io::Error) -> UnreadableLog {
    let problem = match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file; start the service first, or name the file that it writes"
        }
        io::ErrorKind::PermissionDenied => {
            "it may not be read; run the scan as a user who may, or give the file's group to yours"
        }
        io::ErrorKind::IsADirectory => "it is a directory; name the file in it",
        _ => "reading it failed",
    };
    let place = format!("the file {}", path.display());
    UnreadableLog::new(place, problem.to_owned(), Some(error))
}

/// How many bytes are read at once.
const BUFFER: usize = 64 * 1024;
/// How many of a file's first bytes are remembered.
const HEAD: usize = 64;
