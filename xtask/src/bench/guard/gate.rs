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
            .with_context(|| format!("{name} has no baseline; write one with {RENEW}"))?;
        let (within, verdict) = judged(*before, over);
        let said = format!(
            "{name}: {over:.0} instructions over bare, {before:.0} in the baseline: {verdict}"
        );
        if within {
            println!("{said}");
            totals.add(Totals::PASSED);
        } else {
            let profile = bench
                .folder
                .join(format!("callgrind-{}.4", name.replace('/', ".")));
            totals.fail(format!(
                "{said}\n{}",
                advice(&profile.display().to_string())
            ));
        }
    }
    Ok(totals)
}

/// Whether a count is let pass, and what is to be said of it.
fn judged(baseline: f64, counted: f64) -> (bool, String) {
    let change = (counted / baseline - 1.0) * 100.0;
    let more = counted - baseline;
    if more > baseline * SLACK {
        let slack = SLACK * 100.0;
        let text = format!("FAILED, {more:.0} more ({change:+.1} %; {slack:.0} % are allowed)");
        (false, text)
    } else if -more > baseline * SLACK {
        let text = format!(
            "ok, {:.0} fewer ({change:+.1} %); keep the gain: {RENEW}",
            -more
        );
        (true, text)
    } else {
        (true, format!("ok ({change:+.1} %)"))
    }
}

fn advice(profile: &str) -> String {
    format!(
        "  where they go:  callgrind_annotate --inclusive=yes {profile}\n  \
         compare with the same of the commit before, and take out what a request need not do.\n  \
         If it must, or the compiler or a dependency is another one: {RENEW}, in a commit that \
         says why."
    )
}

const RENEW: &str = "`cargo xtask bench guard --renew`";
/// What one count may lie above another.
const SLACK: f64 = 0.03;
const BASELINE: &str = "benches/guard/baseline.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_percent_are_slack() {
        for (counted, within, verdict) in [
            (8_000.0, true, "ok (+0.0 %)"),
            (8_240.0, true, "ok (+3.0 %)"),
            (8_241.0, false, "FAILED, 241 more (+3.0 %; 3 % are allowed)"),
            (
                7_000.0,
                true,
                "ok, 1000 fewer (-12.5 %); keep the gain: `cargo xtask bench guard --renew`",
            ),
        ] {
            assert_eq!(judged(8_000.0, counted), (within, verdict.to_owned()));
        }
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let advice = advice("callgrind-cache_audit.hs256.4");
        assert!(advice.contains("callgrind-cache_audit.hs256.4") && advice.contains("--renew"));
    }
}
