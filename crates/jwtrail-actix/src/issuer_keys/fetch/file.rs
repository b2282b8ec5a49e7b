use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jwtrail_verify::KeySet;
use tokio::task::JoinHandle;

use super::{FetchError, Fetched};
use crate::issuer_keys::source::KeySourceError;

/// A file with keys. Who replaces it should rename a new one over it; one that is read half
/// written is refused, and looked at again.
#[derive(Debug)]
pub(crate) struct KeyFile {
    path: PathBuf,
    /// The one that goes on although its time was over.
    reading: Option<JoinHandle<io::Result<Vec<u8>>>>,
    /// What was read the last time.
    seen: Option<Result<Vec<u8>, io::ErrorKind>>,
}

impl KeyFile {
    /// What is wrong with it now is wrong with the configuration.
    pub(super) fn open(path: &Path) -> Result<Self, KeySourceError> {
        let path = path.to_owned();
        let bytes = match read(&path) {
            Ok(bytes) => bytes,
            Err(source) => return Err(KeySourceError::File { path, source }),
        };
        match KeySet::from_jwks(bytes) {
            Ok(_) => Ok(Self {
                path,
                reading: None,
                seen: None,
            }),
            Err(source) => Err(KeySourceError::Keys { path, source }),
        }
    }

    pub(super) async fn fetch(&mut self) -> Result<Fetched, FetchError> {
        // A file may be on another machine, which does not answer: then no more than one thread
        // waits for it.
        let reading = self.reading.get_or_insert_with(|| {
            let path = self.path.clone();
            tokio::task::spawn_blocking(move || read(&path))
        });
        let read = reading
            .await
            .unwrap_or_else(|ended| Err(io::Error::other(ended)));
        self.reading = None;
        let now = match &read {
            Ok(bytes) => Ok(bytes.clone()),
            Err(error) => Err(error.kind()),
        };
        if self.seen.as_ref() == Some(&now) {
            return Ok(Fetched::Same);
        }
        self.seen = Some(now);
        let bytes = read.map_err(FetchError::File)?;
        Ok(Fetched::Keys(KeySet::from_jwks(bytes)?, None))
    }
}

/// One byte more than is taken, so that a longer file shows.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = KeySet::MAX_BYTES as u64 + 1;
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
