//! From the engine's errors to ours.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use fjall::{Error, LsmError};

use crate::StoreError;

/// An error while the store is being opened: the directory itself may be what is wrong.
pub(super) fn opening(path: &Path, error: Error) -> StoreError {
    match error {
        Error::Io(source) | Error::Storage(LsmError::Io(source)) if !is_full(&source) => {
            StoreError::Unusable {
                path: path.to_owned(),
                source: Arc::new(source),
            }
        }
        other => running(path, other),
    }
}

/// An error of an open store.
pub(super) fn running(path: &Path, error: Error) -> StoreError {
    let path = path.to_owned();
    match error {
        Error::Io(source) | Error::Storage(LsmError::Io(source)) if is_full(&source) => {
            let free = free_bytes(&path).unwrap_or(0);
            StoreError::Full {
                path,
                free,
                reserve: 0,
            }
        }
        Error::Locked => StoreError::Locked { path },
        Error::Poisoned => StoreError::Failed { path },
        Error::Io(_) | Error::Storage(LsmError::Io(_)) | Error::KeyspaceDeleted => {
            StoreError::Backend {
                path,
                source: Arc::new(error),
            }
        }
        damaged => StoreError::Corrupt {
            path,
            problem: damaged.to_string(),
        },
    }
}

/// Bytes that the disk of a path has free for us; `None` where the system doesn't say.
#[cfg(unix)]
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Bytes that the disk of a path has free for us; `None` where the system doesn't say.
#[cfg(not(unix))]
pub(super) fn free_bytes(_: &Path) -> Option<u64> {
    None
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
    )
}
