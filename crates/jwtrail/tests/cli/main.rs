//! What the command line says, whole and scrubbed.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a helper cannot do fails the test"
)]

mod action;
mod config;
mod convert;
mod demo;
mod detect;
mod erase;
mod fingerprint;
mod generate;
mod lint;
mod outputs;
mod own_rules;
mod pseudonym;
mod rule_settings;
mod rules;
mod rules_export;
mod scan;
mod scan_diff;
mod schema;
mod serve;
mod support;
mod usage;
mod worked;
