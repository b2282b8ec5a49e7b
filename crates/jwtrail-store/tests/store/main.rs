//! What every store must do, and what the one on disk must do beyond that.
#![cfg(test)]

mod conformance;
mod durable;
mod full;
mod killed;
mod random;
mod rewrite;
mod support;
