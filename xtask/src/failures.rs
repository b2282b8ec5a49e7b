use std::fmt;

/// What was said of tests that failed. It is said again at the end of a long log, where whoever
/// opens it looks first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    lines: Vec<String>,
    /// How many more lines there were.
    further: usize,
    within: Option<Part>,
}

/// The part of a harness' output that speaks of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Of Rust's harness, up to the summary of the binary.
    Harness,
    /// Of TAP, up to the end of a test's details.
    Tap,
}

impl Failures {
    pub(crate) const NONE: Self = Self {
        lines: Vec::new(),
        further: 0,
        within: None,
    };

    pub(crate) fn note(&mut self, line: String) {
        if self.lines.len() < MOST {
            self.lines.push(line);
        } else {
            self.further += 1;
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        other.lines.into_iter().for_each(|line| self.note(line));
        self.further += other.further;
    }

    pub(crate) fn harness_line(&mut self, line: &str) {
        if line == "failures:" {
            self.within = Some(Part::Harness);
        } else if line.starts_with("test result: ") {
            self.within = None;
        } else if self.within == Some(Part::Harness) && !line.is_empty() {
            self.note(line.to_owned());
        }
    }

    pub(crate) fn tap_line(&mut self, line: &str) {
        let text = line.trim_start();
        if text.starts_with("not ok ") {
            self.within = Some(Part::Tap);
        } else if text.starts_with("ok ") {
            self.within = None;
        }
        if self.within == Some(Part::Tap) {
            self.note(line.to_owned());
        }
        if text == "..." {
            self.within = None;
        }
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        match self.further {
            0 => Ok(()),
            further => writeln!(f, "and {further} more lines, which stand above"),
        }
    }
}

/// Lines that are said again.
const MOST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_harness_it_is_what_stands_between_failures_and_the_summary() {
        let mut failures = Failures::default();
        for line in [
            "test a ... ok",
            "test b ... FAILED",
            "",
            "successes:",
            "    a",
            "",
            "failures:",
            "",
            "---- b stdout ----",
            "thread 'b' panicked at src/lib.rs:3:9:",
            "",
            "failures:",
            "    b",
            "",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored",
            "test c ... ok",
        ] {
            failures.harness_line(line);
        }
        let expected = "---- b stdout ----\nthread 'b' panicked at src/lib.rs:3:9:\n    b\n";
        assert_eq!(failures.to_string(), expected);
    }

    #[test]
    fn of_tap_it_is_what_was_not_ok_with_its_details() {
        let mut failures = Failures::default();
        for line in [
            "ok 1 - logs in",
            "  ---",
            "  duration_ms: 3",
            "  ...",
            "not ok 2 - shows an alert",
            "  ---",
            "  error: no such row",
            "  ...",
            "ok 3 - logs out",
            "not ok 4 - told without details",
            "ok 5 - and goes on",
            "# pass 3",
        ] {
            failures.tap_line(line);
        }
        let expected = [
            "not ok 2 - shows an alert",
            "  ---",
            "  error: no such row",
            "  ...",
            "not ok 4 - told without details",
        ];
        assert_eq!(failures.lines, expected);
    }

    #[test]
    fn a_thousand_failures_do_not_bury_the_totals() {
        let mut failures = Failures::default();
        for n in 0..MOST + 3 {
            failures.note(n.to_string());
        }
        let mut all = Failures::default();
        all.add(failures);
        let text = all.to_string();
        assert_eq!(text.lines().count(), MOST + 1);
        assert!(
            text.ends_with("and 3 more lines, which stand above\n"),
            "{text}"
        );
    }
}
