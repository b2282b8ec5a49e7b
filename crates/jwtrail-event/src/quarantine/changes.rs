use serde::{Deserialize, Serialize};

use super::{Hold, Refused};
use crate::EventId;

/// What became of a list since a version of it, or the whole of it.
///
/// Who has applied it has the list of `version`, and asks for what comes after that. Where `more`
/// is true there is more already; a whole list that comes in several parts is complete with the
/// first part where it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(
    clippy::exhaustive_structs,
    reason = "the monitor writes it out, and services that have their own"
)]
pub struct Changes {
    /// The list's version after these changes. What it says is the monitor's affair.
    pub version: String,
    /// Whether what was known before is to be forgotten.
    #[serde(default)]
    pub whole: bool,
    /// Whether there is more.
    #[serde(default)]
    pub more: bool,
    /// What was added, or changed under the same id.
    #[serde(default)]
    pub holds: Vec<Hold>,
    /// What was released.
    #[serde(default)]
    pub released: Vec<EventId>,
}

impl Changes {
    /// Reads them from JSON. Nothing of a body that is wrong anywhere is taken.
    ///
    /// # Errors
    /// When it is too large, is no such JSON, or has a value beyond its cap.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        if body.len() > MAX_LIST_BYTES {
            return Err(Unreadable::TooLarge {
                length: body.len(),
                limit: MAX_LIST_BYTES,
            });
        }
        if crate::read::deeper_than(MAX_DEPTH, body).is_some() {
            return Err(Unreadable::TooDeep { limit: MAX_DEPTH });
        }
        let changes: Self = sonic_rs::from_slice(body).map_err(|error| Unreadable::NotChanges {
            problem: crate::read::problem(&error),
        })?;
        let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
        let version = &changes.version;
        if version.is_empty() || version.len() > MAX_VERSION || !version.bytes().all(fit) {
            return Err(Unreadable::Version);
        }
        let count = changes.holds.len().max(changes.released.len());
        if count > MAX_HOLDS {
            return Err(Unreadable::TooMany {
                count,
                limit: MAX_HOLDS,
            });
        }
        changes.holds.iter().try_for_each(Hold::check)?;
        Ok(changes)
    }
}

/// Why a body is not the changes of a list. It never repeats the body's text but for names that
/// should have been known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The body is too large.
    #[error("the list has {length} bytes, the limit is {limit}")]
    TooLarge {
        /// Its length.
        length: usize,
        /// The most that is read.
        limit: usize,
    },
    /// The body nests too deep.
    #[error("the list nests deeper than {limit} levels")]
    TooDeep {
        /// The deepest that is read.
        limit: usize,
    },
    /// The body is not JSON, or not the changes of a list.
    #[error("not the changes of a list: {problem}")]
    NotChanges {
        /// What the reader stopped at.
        problem: String,
    },
    /// The version can't stand in a URL.
    #[error("the version is not 1 to {MAX_VERSION} of [A-Za-z0-9.-]")]
    Version,
    /// More holds than a list has.
    #[error("{count} holds, the limit is {limit}")]
    TooMany {
        /// How many there are.
        count: usize,
        /// The most that are read.
        limit: usize,
    },
    /// A hold is wrong.
    #[error("a hold of the list can't be taken: {0}")]
    Hold(#[from] Refused),
}

/// The largest list that is read, in bytes.
pub const MAX_LIST_BYTES: usize = 64 << 20;
/// The most holds of one list.
pub const MAX_HOLDS: usize = 20_000;
const MAX_VERSION: usize = 128;
/// The list itself needs four levels.
const MAX_DEPTH: usize = 16;
