//! The folder of a monitor's data, and how another store takes the place of the one in it.
//!
//! The copy is made beside the store, gets the name of one that is whole, and takes the place of
//! the store by two renames. Whoever opens the folder after a crash in between finishes them. The
//! folder is locked by a file of its own: the store's lock is inside of what is renamed.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jwtrail_store::{Embedded, Options, StoreError};

use crate::MonitorError;

/// Keeps a folder for this process, as long as it is there.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Locks a folder, which must be there.
pub(crate) fn lock(data: &Path) -> Result<Lock, MonitorError> {
    let path = data.join(LOCK);
    let opened = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let opened = opened.map_err(|source| file(&path, source))?;
    match opened.try_lock() {
        Ok(()) => Ok(Lock { _file: opened }),
        Err(TryLockError::WouldBlock) => Err(MonitorError::Store(StoreError::Locked {
            path: data.join(LOG),
        })),
        Err(TryLockError::Error(source)) => Err(file(&path, source)),
    }
}

/// Opens the store of a folder that is locked, and removes what an erasure has left beside it.
pub(crate) fn open(data: &Path, options: Options, _: &Lock) -> Result<Embedded, MonitorError> {
    let (log, whole) = (data.join(LOG), data.join(WHOLE));
    if !log.exists() && whole.exists() {
        rename(&whole, &log)?;
    }
    clean(data)?;
    Ok(Embedded::open(&log, options)?)
}

/// Whether a monitor has kept its data here: many a folder has something called `log`.
pub(crate) fn has_log(data: &Path) -> bool {
    [LOG, WHOLE]
        .iter()
        .any(|name| Embedded::is_at(data.join(name)))
}

/// Where a copy is made, with nothing there.
pub(crate) fn copy(data: &Path) -> Result<PathBuf, MonitorError> {
    let copy = data.join(COPY);
    remove(&copy)?;
    Ok(copy)
}

/// Puts the copy in the place of the store, both of which are closed: an open one works on by the
/// names of its files. Each step is one of `rename`'s, which tests cut off.
pub(crate) fn put_in_place(
    data: &Path,
    _: &Lock,
    rename: &mut dyn FnMut(&Path, &Path) -> Result<(), MonitorError>,
) -> Result<(), MonitorError> {
    let (log, whole) = (data.join(LOG), data.join(WHOLE));
    rename(&data.join(COPY), &whole)?;
    rename(&log, &data.join(OLD))?;
    rename(&whole, &log)?;
    clean(data)
}

/// Removes a copy that nothing came of: it may be why there is no room.
pub(crate) fn discard(data: &Path) -> Result<(), MonitorError> {
    remove(&data.join(COPY))
}

/// Removes all but the store itself.
fn clean(data: &Path) -> Result<(), MonitorError> {
    [COPY, WHOLE, OLD]
        .iter()
        .try_for_each(|name| remove(&data.join(name)))
}

fn remove(path: &Path) -> Result<(), MonitorError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(|source| file(path, source)),
    }
}

/// Durably: what comes after it must not outlive it.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), MonitorError> {
    fs::rename(from, to).map_err(|source| file(from, source))?;
    #[cfg(unix)]
    if let Some(folder) = to.parent() {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|source| file(folder, source))?;
    }
    Ok(())
}

fn file(path: &Path, source: io::Error) -> MonitorError {
    MonitorError::File {
        path: path.to_owned(),
        source,
    }
}

const LOCK: &str = "lock";
const LOG: &str = "log";
// What bears one of these names is removed: nobody else's folder does.
/// A copy in the making.
const COPY: &str = "jwtrail-erase.copy";
/// A copy that is whole.
const WHOLE: &str = "jwtrail-erase.whole";
/// The store whose place was taken.
const OLD: &str = "jwtrail-erase.old";

#[cfg(test)]
mod tests {
    use jwtrail_store::{Change, State as _, Table};

    use super::*;

    fn store(path: &Path, text: &str) {
        let store = Embedded::open(path, Options::default()).unwrap();
        let row = Change::Put(Table::Reader, b"it".to_vec(), text.into());
        store.commit(vec![row]).unwrap();
    }

    fn opened(data: &Path) -> String {
        let lock = lock(data).unwrap();
        let store = open(data, Options::default(), &lock).unwrap();
        let row = store.load(Table::Reader, b"it").unwrap().unwrap();
        let names = fs::read_dir(data).unwrap();
        assert_eq!(names.count(), 2, "something is left");
        assert!(super::lock(data).is_err());
        String::from_utf8(row).unwrap()
    }

    #[test]
    fn wherever_it_was_cut_off_there_is_one_store_and_nothing_beside_it() {
        // Before it was whole, before the store went, after that, before the old one was removed.
        for (there, expected) in [
            (&[(LOG, "old"), (COPY, "new")][..], "old"),
            (&[(LOG, "old"), (WHOLE, "new")], "old"),
            (&[(WHOLE, "new"), (OLD, "old")], "new"),
            (&[(LOG, "new"), (OLD, "old")], "new"),
        ] {
            let data = tempfile::tempdir().unwrap();
            for (name, text) in there {
                store(&data.path().join(name), text);
            }
            assert_eq!(opened(data.path()), expected, "{there:?}");
        }
    }

    #[test]
    fn what_is_called_alike_and_is_not_ours_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        for name in ["log", "log.copy", "log.old"] {
            fs::create_dir(data.path().join(name)).unwrap();
        }
        assert!(!has_log(data.path()));
        clean(data.path()).unwrap();
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 3);
    }
}
