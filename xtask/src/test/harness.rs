use super::tools::{PROMTOOL, REDIS};
use crate::process;
use crate::repository::Repository;
use crate::totals::{SKIPPED, Totals};

/// Runs the tests of every crate, doctests and all features included.
pub(super) fn cargo_test(repository: &Repository) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    let (mut skipped_vectors, mut skipped_issuer) = (0, 0);
    let mut skipped_for_want_of = [(REDIS, 0), (PROMTOOL, 0)];
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
        for (program, count) in &mut skipped_for_want_of {
            *count += skipped(program);
        }
    })?;
    if !status.success() && totals.good() {
        totals.fail(format!(
            "cargo test ended with {status}, although no test said that it failed"
        ));
    }
    if skipped_vectors > 0 && std::env::var_os(VECTORS).is_some() {
        totals.fail(format!(
            "{VECTORS} is set, but {skipped_vectors} tests of the vectors were skipped"
        ));
    }
    if skipped_issuer > 0 {
        totals.fail(format!(
            "the packages are installed, but {skipped_issuer} tests of {ISSUER} were skipped"
        ));
    }
    for (program, count) in skipped_for_want_of {
        // On a developer's machine without it they may be skipped; nobody reads what CI skipped.
        let wanted = process::installed(program) || std::env::var_os(CI).is_some();
        if count > 0 && wanted {
            totals.fail(format!(
                "{count} tests were skipped for want of {program}; install it"
            ));
        }
    }
    Ok(totals)
}

/// Set where nobody watches.
const CI: &str = "CI";

/// Names the directory of Wycheproof's test vectors.
const VECTORS: &str = "JWTRAIL_VECTORS";

/// How a test names the issuer that others wrote, whose packages were installed before.
const ISSUER: &str = "the foreign issuer";
