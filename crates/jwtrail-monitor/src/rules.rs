//! The rules in force, where they come from, and how they change while the monitor runs.
//!
//! Which rules are in force is a matter of the log. Whoever changes them, by files, by the
//! configuration or by the API, has the new set's texts written to the store and then a record
//! of each change to the log, and at last one that names the set. Detection puts the set in force
//! when it comes to that record, so that the old set has judged the records of its own end, and a
//! replay of the log judges each event by the rules of its time.

mod files;
mod in_force;
mod reload;
mod request;
mod rows;
mod texts;

pub(crate) use in_force::{InForce, Rules};
pub(crate) use reload::{Source, announced, run};
pub(crate) use request::{Answer, Request, Wish};
pub(crate) use rows::{at, keep, set_at, switched_off, texts_of};
pub(crate) use texts::RuleTexts;
