//! What records mean: which field holds what, which reason a text stands for, which request a
//! record is about.

mod equivalents;
mod hints;
mod learn;
mod mapping;
mod matching;
mod near;
mod values;

pub use equivalents::{Likeness, likeness, named_reason};
pub use learn::KnownRequest;
pub use mapping::{FieldMapping, UnusableMapping};
pub use matching::{By, Matched, Matcher, SentRequest, doubles};
pub use values::{Reading, RecordOutcome};
