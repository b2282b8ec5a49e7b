//! What records mean: which field holds what, which reason a text stands for, which request a
//! record is about.

mod doubles;
mod equivalents;
mod hints;
mod learn;
mod mapping;
mod near;
mod values;

pub use doubles::doubles;
pub use equivalents::{Likeness, likeness, named_reason};
pub use learn::KnownRequest;
pub use mapping::{FieldMapping, UnusableMapping};
pub use values::{Reading, RecordOutcome};
