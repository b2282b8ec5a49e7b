use super::escape;
use crate::{Step, Steps, Text, Timestamp};

/// A line in the making: names, words of ours, and values that need care.
pub(super) struct Line<'b> {
    out: &'b mut Vec<u8>,
}

impl<'b> Line<'b> {
    pub(super) const fn new(out: &'b mut Vec<u8>) -> Self {
        Self { out }
    }

    #[inline]
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// What was written last, so many bytes of it, to put values into their places.
    #[inline]
    pub(super) fn last_mut(&mut self, length: usize) -> &mut [u8] {
        let start = self.out.len().saturating_sub(length);
        self.out.get_mut(start..).unwrap_or_default()
    }

    pub(super) fn time(&mut self, time: Timestamp) {
        self.out.push(b'"');
        self.raw(&time.digits());
        self.out.push(b'"');
    }

    /// A word of ours, which needs no escaping.
    #[inline]
    pub(super) fn word(&mut self, name: &[u8], word: &str) {
        self.raw(name);
        self.raw(word.as_bytes());
        self.out.push(b'"');
    }

    #[inline]
    pub(super) fn optional_word(&mut self, name: &[u8], word: Option<&str>) {
        if let Some(word) = word {
            self.word(name, word);
        }
    }

    #[inline]
    pub(super) fn text(&mut self, name: &[u8], text: &Text<'_>, cap: usize) {
        self.open_text(name, text, cap);
        self.out.push(b'"');
    }

    /// Without the quote that ends it.
    #[inline]
    pub(super) fn open_text(&mut self, name: &[u8], text: &Text<'_>, cap: usize) {
        self.raw(name);
        escape::write(text, cap, self.out);
    }

    #[inline]
    pub(super) fn optional_text(&mut self, name: &[u8], text: Option<&Text<'_>>, cap: usize) {
        if let Some(text) = text {
            self.text(name, text, cap);
        }
    }

    #[inline]
    pub(super) fn number(&mut self, number: impl itoa::Integer) {
        self.raw(itoa::Buffer::new().format(number).as_bytes());
    }

    #[inline]
    pub(super) fn optional_number(&mut self, name: &[u8], number: Option<impl itoa::Integer>) {
        if let Some(number) = number {
            self.raw(name);
            self.number(number);
        }
    }

    #[inline]
    pub(super) fn optional_flag(&mut self, name: &[u8], flag: Option<bool>) {
        if let Some(flag) = flag {
            self.raw(name);
            self.raw(if flag { b"true" } else { b"false" });
        }
    }

    /// The outcome, the steps and the trust of a token that was accepted.
    pub(super) fn accepted(&mut self, steps: &Steps) {
        // As is usual.
        let beyond = steps.passed_beyond(Step::Claims);
        if let Some(text) = beyond.and_then(|beyond| PASSED.get(beyond)) {
            self.raw(text.as_bytes());
            return;
        }
        self.raw(b",\"outcome\":\"success\"");
        self.steps(steps);
        self.raw(b",\"trust\":\"verified\"");
    }

    pub(super) fn steps(&mut self, steps: &Steps) {
        self.raw(b",\"steps\":[");
        let mut gap: &[u8] = b"\"";
        for (step, result) in steps.taken() {
            self.raw(std::mem::replace(&mut gap, b",\""));
            self.raw(step.as_str().as_bytes());
            self.raw(b":");
            self.raw(result.as_str().as_bytes());
            self.raw(b"\"");
        }
        self.raw(b"]");
    }
}

macro_rules! steps {
    ($after_claims:literal) => {
        concat!(
            r#","outcome":"success","steps":["parse:ok","header:ok","key:ok","signature:ok","claims:ok""#,
            $after_claims,
            r#"],"trust":"verified""#
        )
    };
}

/// What is said of a token that held, by a bit for each step that passed after the claims.
const PASSED: [&str; 16] = [
    steps!(r#""#),
    steps!(r#","binding:ok""#),
    steps!(r#","revocation:ok""#),
    steps!(r#","binding:ok","revocation:ok""#),
    steps!(r#","limit:ok""#),
    steps!(r#","binding:ok","limit:ok""#),
    steps!(r#","revocation:ok","limit:ok""#),
    steps!(r#","binding:ok","revocation:ok","limit:ok""#),
    steps!(r#","scope:ok""#),
    steps!(r#","binding:ok","scope:ok""#),
    steps!(r#","revocation:ok","scope:ok""#),
    steps!(r#","binding:ok","revocation:ok","scope:ok""#),
    steps!(r#","limit:ok","scope:ok""#),
    steps!(r#","binding:ok","limit:ok","scope:ok""#),
    steps!(r#","revocation:ok","limit:ok","scope:ok""#),
    steps!(r#","binding:ok","revocation:ok","limit:ok","scope:ok""#),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reason, StepResult};

    #[test]
    fn steps_that_passed_together_are_written_as_each_is() {
        let results = [
            None,
            Some(StepResult::Ok),
            Some(StepResult::Failed(Reason::RateLimited)),
        ];
        for case in 0..3_usize.pow(9) {
            let mut steps = Steps::default();
            let mut each = Vec::new();
            for (place, step) in (0..).zip(Step::ALL) {
                if let Some(result) = results[case / 3_usize.pow(place) % 3] {
                    steps.set(*step, result);
                    each.push(format!("\"{step}:{}\"", result.as_str()));
                }
            }
            let mut out = Vec::new();
            Line::new(&mut out).accepted(&steps);
            let steps = each.join(",");
            let expected = format!(r#","outcome":"success","steps":[{steps}],"trust":"verified""#);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
