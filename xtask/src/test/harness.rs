use super::tools::REDIS;
use crate::process;
use crate::repository::Repository;
use crate::totals::{SKIPPED, Totals};

/// Runs the tests of every crate, doctests and all features included.
pub(super) fn cargo_test(repository: &Repository) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    let (mut skipped_vectors, mut skipped_issuer, mut skipped_redis) = (0, 0, 0);
    let mut command = repository.cargo([
        "test",
        "--workspace",
        "--all-features",
        "--no-fail-fast",
        "--",
        "--show-output", // shows which tests skipped
    ]);
    let status = process::watched(&mut command, |line| {
        totals.add_harness_line(line);
        let skipped = |what| u64::from(line.starts_with(SKIPPED) && line.contains(what));
        skipped_vectors += skipped(VECTORS);
        skipped_issuer += skipped(ISSUER);
        skipped_redis += skipped(REDIS);
    })?;
    if !status.success() && totals.good() {
        println!("cargo test ended with {status}, although no test said that it failed");
        totals.add(Totals::FAILED);
    }
    if skipped_vectors > 0 && std::env::var_os(VECTORS).is_some() {
        println!("{VECTORS} is set, but {skipped_vectors} tests of the vectors were skipped");
        totals.add(Totals::FAILED);
    }
    if skipped_issuer > 0 {
        println!("the packages are installed, but {skipped_issuer} tests of {ISSUER} were skipped");
        totals.add(Totals::FAILED);
    }
    // On a developer's machine without it they may be skipped; nobody reads what CI skipped.
    let wanted = process::installed(REDIS) || std::env::var_os(CI).is_some();
    if skipped_redis > 0 && wanted {
        println!("{skipped_redis} tests were skipped for want of {REDIS}; install it");
        totals.add(Totals::FAILED);
    }
    Ok(totals)
}

/// Set where nobody watches.
const CI: &str = "CI";

/// Names the directory of Wycheproof's test vectors.
const VECTORS: &str = "JWTRAIL_VECTORS";

/// How a test names the issuer that others wrote, whose packages were installed before.
const ISSUER: &str = "the foreign issuer";
