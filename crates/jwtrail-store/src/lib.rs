//! The durable log of audit events, the search over it and the state of its readers.
//!
//! Three traits say what a store is: [`Log`] takes events in and lets readers follow,
//! [`Search`] answers "everything about this token", [`State`] keeps what readers made of the
//! log. [`Embedded`] implements them on the local disk. One suite of conformance tests holds
//! for every implementation.
//!
//! An append is acknowledged once it is on the disk, not before. An event that a producer
//! sends twice has one place in the log. A store knows no rule and reads no clock.
//!
//! The methods of a store block, but for the wait of [`Log::append`], which is a future:
//! call them from a thread of their own or from a pool for blocking work.
//!
//! ```
//! use jwtrail_event::{EventId, EventName, Outcome, Record, Text, Timestamp};
//! use jwtrail_store::{Batch, Embedded, Field, Find, Log as _, Options, Placement, Search as _};
//!
//! # let directory = tempfile::tempdir().unwrap();
//! let store = Embedded::open(directory.path(), Options::default())?;
//! let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, Timestamp::from_seconds(7));
//! record.event_id = EventId::from_u128(1);
//! record.token_jti = Some(Text::from("4f1c"));
//!
//! let mut batch = Batch::new();
//! batch.push(&record);
//! let placed = store.append(batch).wait()?;
//! assert_eq!(placed, [Placement::New(1)]);
//!
//! let page = store.find(&Find::By(Field::Jti, "4f1c".into()), None, 10)?;
//! assert_eq!(page.entries.len(), 1);
//! # Ok::<(), jwtrail_store::StoreError>(())
//! ```

mod append;
mod batch;
mod embedded;
mod entry;
mod error;
mod field;
mod log;
mod search;
mod state;

pub use append::{Acknowledge, Appending, Placement};
pub use batch::Batch;
pub use embedded::{Embedded, Options, Rewrite, Rewritten};
pub use entry::Entry;
pub use error::StoreError;
pub use field::Field;
pub use log::{Log, Removed, Retention, Usage};
pub use search::{Find, Page, Search};
pub use state::{Change, Row, Scan, State, Table};
