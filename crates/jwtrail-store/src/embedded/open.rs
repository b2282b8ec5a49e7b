use std::fs;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use fjall::{CompressionType, Database, PersistMode};

use super::head::Head;
use super::keyspaces::{Keyspaces, position};
use super::tail::{LAYOUT, LAYOUT_KEY, TAIL_KEY, Tail};
use super::{Embedded, Options, Shared, fault, writer};
use crate::StoreError;

impl Embedded {
    /// Whether a store was made in a directory. Opens nothing and changes nothing.
    ///
    /// ```
    /// use jwtrail_store::{Embedded, Options};
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// assert!(!Embedded::is_at(directory.path()));
    /// Embedded::open(directory.path(), Options::default())?;
    /// assert!(Embedded::is_at(directory.path()));
    /// # Ok::<(), jwtrail_store::StoreError>(())
    /// ```
    #[must_use]
    pub fn is_at(path: impl AsRef<Path>) -> bool {
        path.as_ref().join(MARKER).is_file()
    }

    /// Opens the store in a directory, which is made if it is not there.
    ///
    /// # Errors
    /// When the directory can't be used, another process holds it, or what stands in it is
    /// damaged or of a newer layout.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let keyspaces = database(path, &options)?;
        let tail = load_tail(path, &keyspaces)?;

        let shared = Arc::new(Shared {
            path: path.to_owned(),
            options,
            keyspaces,
            head: Head::new(tail.usage().last),
            tail: Mutex::new(tail),
            trouble: Mutex::new(None),
        });
        let (sender, receiver) = sync_channel(options.max_waiting);
        let writer = std::thread::Builder::new()
            .name("jwtrail-log".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || writer::run(&shared, &receiver)
            })
            .map_err(|source| StoreError::Unusable {
                path: path.to_owned(),
                source: Arc::new(source),
            })?;
        Ok(Self {
            shared,
            sender: Some(sender),
            writer: Some(writer),
        })
    }
}

/// The database in a directory, which is made if it is not there.
pub(super) fn database(path: &Path, options: &Options) -> Result<Keyspaces, StoreError> {
    make_directory(path).map_err(|source| StoreError::Unusable {
        path: path.to_owned(),
        source: Arc::new(source),
    })?;
    Database::builder(path)
        .cache_size(options.cache_bytes)
        .worker_threads(2)
        .journal_compression(CompressionType::None)
        .manual_journal_persist(true)
        .open()
        .and_then(Keyspaces::open)
        .map_err(|error| fault::opening(path, error))
}

/// The events are nobody's business but the monitor's.
fn make_directory(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
    }
    #[cfg(not(unix))]
    fs::create_dir_all(path)
}

fn load_tail(path: &Path, keyspaces: &Keyspaces) -> Result<Tail, StoreError> {
    let failed = |error| fault::opening(path, error);
    let corrupt = |problem: &str| StoreError::Corrupt {
        path: path.to_owned(),
        problem: problem.to_owned(),
    };
    let Some(layout) = keyspaces.meta.get(LAYOUT_KEY).map_err(failed)? else {
        let mut batch = keyspaces
            .database
            .batch()
            .durability(Some(PersistMode::SyncAll));
        batch.insert(&keyspaces.meta, LAYOUT_KEY, LAYOUT.to_be_bytes());
        batch.insert(&keyspaces.meta, TAIL_KEY, Tail::EMPTY.encode());
        batch.commit().map_err(failed)?;
        return Ok(Tail::EMPTY);
    };
    let found = position(&layout).ok_or_else(|| corrupt("its layout is unreadable"))?;
    if found != LAYOUT {
        return Err(StoreError::Layout {
            path: path.to_owned(),
            found,
            known: LAYOUT,
        });
    }
    let tail = keyspaces.meta.get(TAIL_KEY).map_err(failed)?;
    let tail = tail.and_then(|bytes| Tail::decode(&bytes));
    let tail = tail.ok_or_else(|| corrupt("the end of the log is unreadable"))?;

    let newest = keyspaces.events.last_key_value().map(fjall::Guard::key);
    let newest = newest.transpose().map_err(failed)?;
    let newest = newest.and_then(|key| position(&key));
    let expected = (tail.events > 0).then(|| tail.usage().last);
    if newest != expected {
        return Err(corrupt("the log does not end where it should"));
    }
    Ok(tail)
}

/// What the database writes last when it makes a directory its own.
const MARKER: &str = "version";
