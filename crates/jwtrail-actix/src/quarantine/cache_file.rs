use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jwtrail_event::quarantine::{Changes, MAX_LIST_BYTES};

use super::QuarantineError;
use crate::internal_events::KeptListUnreadable;

/// The last list that the monitor gave, on disk.
#[derive(Debug)]
pub(super) struct CacheFile {
    path: PathBuf,
}

impl CacheFile {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What was kept. A file that does not hold a list is reported and passed over: the monitor
    /// has the whole of it.
    pub(super) fn load(&self) -> Result<Option<Changes>, QuarantineError> {
        let content = match self.read() {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.has_folder() => {
                return Ok(None);
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && self.is_exposed() => {
                return Err(QuarantineError::Exposed {
                    path: self.path.clone(),
                });
            }
            Err(source) => {
                return Err(QuarantineError::File {
                    path: self.path.clone(),
                    source,
                });
            }
        };
        match Changes::read(&content) {
            Ok(kept) => Ok(Some(kept)),
            Err(error) => {
                KeptListUnreadable { error: &error }.emit();
                Ok(None)
            }
        }
    }

    /// Replaces the file: after a crash it is the old one or the new one.
    pub(super) fn keep(&self, list: &Changes) -> io::Result<()> {
        let content = serde_json::to_vec(list)?;
        let new = self.path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(&content)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        match self.path.parent() {
            Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let file = File::open(&self.path)?;
        if is_exposed(&file)? {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut content = Vec::new();
        // One more than is read, so that a longer one is seen to be too long.
        let most = u64::try_from(MAX_LIST_BYTES).unwrap_or(u64::MAX);
        file.take(most.saturating_add(1))
            .read_to_end(&mut content)?;
        Ok(content)
    }

    /// Whether the file can be made later: a list that is never kept would not hold after a start
    /// without the monitor.
    fn has_folder(&self) -> bool {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        folder == Path::new("") || folder.is_dir()
    }

    fn is_exposed(&self) -> bool {
        File::open(&self.path).is_ok_and(|file| is_exposed(&file).unwrap_or(false))
    }
}

#[cfg(unix)]
fn is_exposed(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use jwtrail_event::SecretToken;

    use crate::{QuarantineError, QuarantineList};

    #[test]
    fn a_list_that_could_never_be_kept_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let start = |file: &str| {
            let credential = SecretToken::new("an-example".to_owned());
            QuarantineList::from_monitor("http://127.0.0.1:9", credential)
                .cache_file(folder.path().join(file))
                .start()
        };
        assert!(start("quarantine.json").is_ok());
        let refused = start("not-there/quarantine.json").unwrap_err();
        assert!(matches!(refused, QuarantineError::File { .. }));
    }
}
