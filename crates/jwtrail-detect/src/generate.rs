//! Synthetic traffic with ground truth: honest people and machines, hard on purpose, and attacks
//! among them by the attacker's effort.
//!
//! A simulation of discrete events, in bounded memory, that hands out audit records in the order
//! in which a monitor would get them. The same [`Settings`] give the same bytes on every
//! machine. What was mixed in stands in the [truth](Injection); what a record is part of can be
//! told from its id with [`Cause::of`].
//!
//! ```
//! use jwtrail_detect::generate::{Generator, Settings};
//!
//! let mut generator = Generator::new(&Settings {
//!     days: 1,
//!     subjects: 20,
//!     ..Settings::default()
//! });
//! let mut lines = Vec::new();
//! while let Some(arrival) = generator.next() {
//!     arrival.record.write_ndjson(&mut lines);
//! }
//! assert!(!generator.truth().is_empty());
//! ```

mod address;
mod attack;
mod background;
mod catalogue;
mod cause;
mod draft;
mod fleet;
mod generator;
mod machines;
mod names;
mod people;
mod queue;
mod random;
mod render;
mod rhythm;
mod session;
mod settings;
mod truth;
mod world;

pub use attack::{Attack, Strength};
pub use cause::{Cause, Honest};
pub use generator::{Arrival, Generator};
pub use settings::{Lateness, Mix, Settings};
pub use truth::{Expected, Injection, Moment};

const MILLISECOND: i64 = 1_000;
const SECOND: i64 = 1_000 * MILLISECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
