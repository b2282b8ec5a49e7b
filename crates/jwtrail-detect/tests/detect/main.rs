//! The engine and the shipped rules, from outside.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail like tests"
)]

mod budget;
mod episodes;
mod fixtures;
mod floods;
mod generate;
mod habits;
mod hostile;
mod order;
mod reference;
mod replay;
mod rule_files;
mod scenarios;
mod snapshots;
mod support;
mod threads;
mod windows;
mod witnesses;
