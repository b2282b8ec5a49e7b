use fjall::config::BlockSizePolicy;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions};

use crate::Table;

/// The parts of the database on disk.
pub(super) struct Keyspaces {
    pub(super) database: Database,
    /// position -> line.
    pub(super) events: Keyspace,
    /// producer, event id -> position.
    pub(super) ids: Keyspace,
    /// field, value, position -> nothing.
    pub(super) index: Keyspace,
    /// table, key -> row.
    pub(super) state: Keyspace,
    /// The same for rows that are large.
    pub(super) snapshots: Keyspace,
    /// The layout's number and the log's tail.
    pub(super) meta: Keyspace,
}

impl Keyspaces {
    pub(super) fn open(database: Database) -> fjall::Result<Self> {
        let plain = KeyspaceCreateOptions::default;
        let lines = || plain().data_block_size_policy(BlockSizePolicy::all(16 * 1024));
        let large = || plain().with_kv_separation(Some(KvSeparationOptions::default()));
        Ok(Self {
            events: database.keyspace("events", lines)?,
            ids: database.keyspace("ids", plain)?,
            index: database.keyspace("index", plain)?,
            state: database.keyspace("state", plain)?,
            snapshots: database.keyspace("snapshots", large)?,
            meta: database.keyspace("meta", plain)?,
            database,
        })
    }

    /// Where the rows of a table stand.
    pub(super) const fn of(&self, table: Table) -> &Keyspace {
        match table {
            Table::Snapshot => &self.snapshots,
            _ => &self.state,
        }
    }
}

/// The key that tells a producer's event.
pub(super) fn id_key(producer: &str, event_id: jwtrail_event::EventId) -> Vec<u8> {
    // The id has a fixed length and stands last: no two pairs share a key.
    let mut key = Vec::with_capacity(producer.len() + 16);
    key.extend_from_slice(producer.as_bytes());
    key.extend_from_slice(&event_id.as_u128().to_be_bytes());
    key
}

/// A position as it stands in a key or a value.
pub(super) fn position(bytes: &[u8]) -> Option<u64> {
    let last = bytes.last_chunk::<8>()?;
    Some(u64::from_be_bytes(*last))
}
