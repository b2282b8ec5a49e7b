use std::fmt;

use crate::failures::Failures;

/// How many tests passed, failed and were skipped, and what was said of those that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    pub(crate) failures: Failures,
}

impl Totals {
    pub(crate) const PASSED: Self = Self::of(1, 0, 0);
    pub(crate) const FAILED: Self = Self::of(0, 1, 0);

    pub(crate) const fn of(passed: u64, failed: u64, skipped: u64) -> Self {
        Self {
            passed,
            failed,
            skipped,
            failures: Failures::NONE,
        }
    }

    pub(crate) fn good(&self) -> bool {
        self.failed == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.add(other.failures);
    }

    /// One that failed: what is wrong is printed now, and kept for the end.
    pub(crate) fn fail(&mut self, what: String) {
        println!("{what}");
        self.failed += 1;
        self.failures.note(what);
    }

    /// What a line of Rust's test harness adds, if it is a summary or says that a test skipped or
    /// failed.
    pub(crate) fn add_harness_line(&mut self, line: &str) {
        self.failures.harness_line(line);
        if let Some(summary) = line.strip_prefix("test result: ") {
            self.passed += number_before(summary, " passed");
            self.failed += number_before(summary, " failed");
            self.skipped += number_before(summary, " ignored");
        } else if line.starts_with(SKIPPED) {
            // The harness cannot skip at run time: such a test passes and says so.
            self.passed = self.passed.saturating_sub(1);
            self.skipped += 1;
        }
    }

    /// What a line of the TAP of `node --test` adds, if it is one of its sums or says that a test
    /// failed.
    pub(crate) fn add_tap_line(&mut self, line: &str) {
        self.failures.tap_line(line);
        let sum = |name| line.strip_prefix(name).and_then(|n| n.trim().parse().ok());
        self.passed += sum("# pass ").unwrap_or(0);
        self.failed += sum("# fail ").unwrap_or(0) + sum("# cancelled ").unwrap_or(0);
        self.skipped += sum("# skipped ").unwrap_or(0) + sum("# todo ").unwrap_or(0);
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
            failures: _,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// How a test that cannot run here begins the line that says so.
pub(crate) const SKIPPED: &str = "skipped: ";

fn number_before(text: &str, unit: &str) -> u64 {
    let digits = text.split(unit).next().unwrap_or_default();
    let number = digits.rsplit(|c: char| !c.is_ascii_digit()).next();
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_the_harness_and_moves_what_skipped() {
        let mut totals = Totals::default();
        totals.add_harness_line("skipped: JWTRAIL_VECTORS is not set");
        totals.add_harness_line("test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured");
        totals.add_harness_line("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured");
        assert_eq!(totals.to_string(), "13 passed, 2 failed, 4 skipped");
    }

    #[test]
    fn sums_tap() {
        let mut totals = Totals::default();
        for line in [
            "ok 1 - logs in",
            "# pass 4",
            "# fail 1",
            "# cancelled 1",
            "# skipped 2",
        ] {
            totals.add_tap_line(line);
        }
        assert_eq!(totals, Totals::of(4, 2, 2));
    }

    #[test]
    fn what_failed_is_added_with_its_number() {
        let mut page = Totals::default();
        page.fail("README.md:7: no such file".to_owned());
        let mut totals = Totals::PASSED;
        totals.add(page);
        assert_eq!(totals.to_string(), "1 passed, 1 failed, 0 skipped");
        assert_eq!(totals.failures.to_string(), "README.md:7: no such file\n");
    }
}
