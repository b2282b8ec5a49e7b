use std::collections::BTreeMap;
use std::fs;

use anyhow::Context as _;

use super::report::Report;
use super::variant::{Algorithm, Case, Variant};
use super::{Bench, instructions};
use crate::repository::Repository;
use crate::totals::Totals;

/// Counts what a change must not raise, and holds it against the committed baseline. Counts
/// differ between compilers and libraries, so the baseline is renewed with those.
pub(super) fn gate(repository: &Repository, bench: &Bench, renew: bool) -> anyhow::Result<Totals> {
    let case = |variant| Case {
        variant,
        algorithm: Algorithm::Hs256,
    };
    let mut report = Report::default();
    for variant in [Variant::Bare, Variant::VerifyAudit, Variant::CacheAudit] {
        report.instructions(case(variant), instructions::least_of(bench, case(variant))?);
    }
    let mut counted = BTreeMap::new();
    for variant in [Variant::VerifyAudit, Variant::CacheAudit] {
        let over = report.over_bare(case(variant)).context("a count")?;
        counted.insert(case(variant).to_string(), over.round());
    }
    if renew {
        let text = format!("{}\n", serde_json::to_string_pretty(&counted)?);
        fs::write(repository.path(BASELINE), text).context("cannot write the baseline")?;
    }
    let baseline: BTreeMap<String, f64> = serde_json::from_str(&repository.read(BASELINE)?)?;
    let mut totals = Totals::default();
    for (name, over) in counted {
        let before = baseline
            .get(&name)
            .with_context(|| format!("{name} has no baseline"))?;
        println!("{name}: {over:.0} instructions over bare, {before:.0} in the baseline");
        let within = is_within(*before, over);
        if !within {
            println!(
                "{name}: that is more than 3 % above; find what costs it, or renew with --renew"
            );
        }
        totals.add(if within {
            Totals::PASSED
        } else {
            Totals::FAILED
        });
    }
    Ok(totals)
}

fn is_within(baseline: f64, counted: f64) -> bool {
    counted <= baseline * 1.03
}

const BASELINE: &str = "benches/guard/baseline.json";

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn three_percent_are_slack() {
        assert!(is_within(8_000.0, 8_240.0) && is_within(8_000.0, 1.0));
        assert!(!is_within(8_000.0, 8_241.0));
    }
}
