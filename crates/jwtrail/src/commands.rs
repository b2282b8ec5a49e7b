//! The subcommands, one file each.

pub(crate) mod config;
pub(crate) mod convert;
pub(crate) mod demo;
pub(crate) mod detect;
pub(crate) mod erase;
pub(crate) mod fingerprint;
pub(crate) mod generate;
pub(crate) mod lint;
pub(crate) mod pseudonym;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod scan_checks;
pub(crate) mod scan_diff;
pub(crate) mod schema;
pub(crate) mod serve;
