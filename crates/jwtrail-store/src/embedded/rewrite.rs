use std::path::Path;

use fjall::{Database, OwnedWriteBatch, PersistMode};
use jwtrail_event::Record;

use super::keyspaces::{Keyspaces, id_key};
use super::tail::{LAYOUT, LAYOUT_KEY, TAIL_KEY, Tail};
use super::{Embedded, Shared, fault, open};
use crate::{Field, StoreError, Table};

/// Says what becomes of a store's entries and rows in a copy of it.
pub trait Rewrite {
    /// What stands in the place of an entry's line; `None` where it stays as it is. The producer
    /// and the id of the event have to stay.
    fn line(&mut self, position: u64, line: &[u8]) -> Option<Vec<u8>>;

    /// What becomes of a row of state. Tables come in the order of [`Table`], each by its keys.
    fn row(&mut self, table: Table, key: &[u8], value: &[u8]) -> Rewritten;
}

/// What becomes of a row of state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a row stays, changes or goes")]
pub enum Rewritten {
    /// It stays as it is.
    Same,
    /// It has this value.
    Changed(Vec<u8>),
    /// It is not there.
    Gone,
}

impl Embedded {
    /// Writes a copy of the whole store into a directory that is not there yet. Nothing of what was
    /// changed or removed is in the copy, neither in its tables nor in its journal; entries keep
    /// their positions. Nobody may append meanwhile.
    ///
    /// ```
    /// use jwtrail_store::{Embedded, Log as _, Options, Rewrite, Rewritten, Table};
    ///
    /// struct Same;
    ///
    /// impl Rewrite for Same {
    ///     fn line(&mut self, _: u64, _: &[u8]) -> Option<Vec<u8>> {
    ///         None
    ///     }
    ///
    ///     fn row(&mut self, _: Table, _: &[u8], _: &[u8]) -> Rewritten {
    ///         Rewritten::Same
    ///     }
    /// }
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// let store = Embedded::open(directory.path().join("a"), Options::default())?;
    /// store.rewrite(directory.path().join("b"), &mut Same)?;
    /// let copy = Embedded::open(directory.path().join("b"), Options::default())?;
    /// assert_eq!(copy.usage(), store.usage());
    /// # Ok::<(), jwtrail_store::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// When this store can't be read, or the copy can't be written.
    pub fn rewrite(
        &self,
        to: impl AsRef<Path>,
        rewrite: &mut dyn Rewrite,
    ) -> Result<(), StoreError> {
        let to = to.as_ref();
        let keyspaces = open::database(to, &self.shared.options)?;
        let mut copy = Copy {
            path: to,
            writes: batch(&keyspaces.database),
            waiting: 0,
            keyspaces: &keyspaces,
        };
        let tail = self.shared.copy_log(&mut copy, rewrite)?;
        self.shared.copy_state(&mut copy, rewrite)?;
        let meta = &keyspaces.meta;
        copy.writes.insert(meta, LAYOUT_KEY, LAYOUT.to_be_bytes());
        copy.writes.insert(meta, TAIL_KEY, tail.encode());
        copy.commit()?;
        let persisted = keyspaces.database.persist(PersistMode::SyncAll);
        persisted.map_err(|error| fault::running(to, error))
    }
}

impl Shared {
    fn copy_log(&self, copy: &mut Copy<'_>, rewrite: &mut dyn Rewrite) -> Result<Tail, StoreError> {
        let mut tail = *self.tail();
        tail.bytes = 0;
        for row in self.keyspaces.events.range(tail.first.to_be_bytes()..) {
            let entry = self.row(row)?;
            let changed = rewrite.line(entry.position(), entry.line());
            let line = changed.as_deref().unwrap_or(entry.line());
            tail.bytes += line.len() as u64;
            let place = entry.position().to_be_bytes();
            if let Ok(record) = Record::read(line) {
                let producer = record.producer.as_ref().map_or("", |text| text.as_str());
                let id = id_key(producer, record.event_id);
                copy.writes.insert(&copy.keyspaces.ids, id, place);
                for mut key in Field::keys(&record) {
                    key.extend_from_slice(&place);
                    copy.writes.insert(&copy.keyspaces.index, key, []);
                }
            }
            copy.writes.insert(&copy.keyspaces.events, place, line);
            copy.added()?;
        }
        Ok(tail)
    }

    fn copy_state(&self, copy: &mut Copy<'_>, rewrite: &mut dyn Rewrite) -> Result<(), StoreError> {
        for table in Table::ALL.iter().copied() {
            for row in self.keyspaces.of(table).prefix([table.tag()]) {
                let row = row.into_inner();
                let (key, value) = row.map_err(|error| fault::running(&self.path, error))?;
                let name = key.get(1..).unwrap_or_default();
                let value = match rewrite.row(table, name, &value) {
                    Rewritten::Same => value.to_vec(),
                    Rewritten::Changed(value) => value,
                    Rewritten::Gone => continue,
                };
                copy.writes.insert(copy.keyspaces.of(table), key, value);
                copy.added()?;
            }
        }
        Ok(())
    }
}

/// The copy in the making.
struct Copy<'a> {
    path: &'a Path,
    keyspaces: &'a Keyspaces,
    writes: OwnedWriteBatch,
    waiting: usize,
}

impl Copy<'_> {
    fn added(&mut self) -> Result<(), StoreError> {
        self.waiting += 1;
        match self.waiting < AT_ONCE {
            true => Ok(()),
            false => self.commit(),
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let writes = std::mem::replace(&mut self.writes, batch(&self.keyspaces.database));
        self.waiting = 0;
        let committed = writes.commit();
        committed.map_err(|error| fault::running(self.path, error))
    }
}

fn batch(database: &Database) -> OwnedWriteBatch {
    // It counts only once all of it is there.
    database.batch().durability(Some(PersistMode::Buffer))
}

/// Entries and rows of one commit.
const AT_ONCE: usize = 1_000;
