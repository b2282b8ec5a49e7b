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

const PARTS: &str = "detect [EVENTS [SUBJECTS]], guard [--gate] [--renew] [VARIANT/ALGORITHM...], monitor [RECORDS], sinks [REQUESTS], soak [SECONDS]";
