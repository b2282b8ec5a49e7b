use anyhow::Context as _;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Runs the tests of what judges events and of what reads them over many more cases than the
/// usual 256: `[--cases N]`. A case that fails is printed with its input.
pub(crate) fn properties(repository: &Repository, rest: &[String]) -> anyhow::Result<Totals> {
    let cases = cases(rest)?;
    let mut command = repository.cargo([
        "test",
        "--release",
        "--package",
        "jwtrail-detect",
        "--package",
        "jwtrail-event",
        "--all-features",
        "--lib",
        "--tests",
        "--no-fail-fast",
    ]);
    command.env("PROPTEST_CASES", cases.to_string());
    let mut totals = Totals::default();
    let status = process::watched(&mut command, |line| totals.add_harness_line(line))?;
    if !status.success() && totals.good() {
        totals.fail(format!("properties: cargo test ended with {status}"));
    }
    Ok(totals)
}

fn cases(rest: &[String]) -> anyhow::Result<u32> {
    match rest {
        [] => Ok(CASES),
        [option, number] if option == "--cases" => number
            .parse()
            .with_context(|| format!("`{number}` is no number of cases")),
        _ => anyhow::bail!("usage: cargo xtask properties [--cases N]"),
    }
}

/// They take a quarter of an hour on two cores.
const CASES: u32 = 10_000;

#[cfg(test)]
mod tests {
    use super::{CASES, cases};

    #[test]
    fn a_number_of_cases_is_read_or_refused() {
        let read = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            cases(&words).map_err(|error| error.to_string())
        };
        assert_eq!(read(&[]), Ok(CASES));
        assert_eq!(read(&["--cases", "300"]), Ok(300));
        assert!(read(&["--cases", "many"]).unwrap_err().contains("`many`"));
        for wrong in [&["--cases"][..], &["300"], &["--cases", "1", "2"]] {
            assert!(read(wrong).unwrap_err().contains("usage"));
        }
    }
}
