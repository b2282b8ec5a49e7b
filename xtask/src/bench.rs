//! Measurements that our claims of speed rest on, each with a report in `target/reports`.

mod detect;
mod guard;
mod monitor;
mod sinks;

use crate::repository::Repository;
use crate::totals::Totals;

/// Measures one part of the product and holds it against its bars.
pub(crate) fn bench(repository: &Repository, arguments: &[String]) -> anyhow::Result<Totals> {
    match arguments.split_first() {
        Some((part, rest)) if part == "detect" => detect::detect(repository, rest),
        Some((part, rest)) if part == "guard" => guard::guard(repository, rest),
        Some((part, rest)) if part == "monitor" => monitor::monitor(repository, rest),
        Some((part, rest)) if part == "sinks" => sinks::sinks(repository, rest),
        Some((part, rest)) if part == "soak" => guard::soak(repository, rest),
        _ => anyhow::bail!("bench what? There is: {PARTS}"),
    }
}

/// Whether a protected request costs more instructions than it did: the part of `bench guard`
/// that a machine's other work does not disturb.
pub(crate) fn gate(repository: &Repository) -> anyhow::Result<Totals> {
    guard::guard(repository, &["--gate".to_owned()])
}

const PARTS: &str = "detect [EVENTS [SUBJECTS]], guard [--gate] [--renew] [VARIANT/ALGORITHM...], monitor [RECORDS], sinks [REQUESTS], soak [SECONDS]";
