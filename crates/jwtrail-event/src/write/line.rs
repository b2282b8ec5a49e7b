use super::escape::escape;
use crate::text::capped;
use crate::{Step, StepResult, Steps, Text, Timestamp};

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
        escape(capped(text.as_str(), cap), self.out);
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

    pub(super) fn steps(&mut self, steps: &Steps) {
        if let Some(after) = steps.passed_after_claims() {
            self.raw(HELD);
            self.raw(after);
            self.raw(b"]");
            return;
        }
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

impl Steps {
    /// The line of what was taken after the claims, if all that was taken passed, as is usual.
    fn passed_after_claims(&self) -> Option<&'static [u8]> {
        if !self.passed_up_to(Step::Claims) {
            return None;
        }
        let mut number = 0;
        for step in [Step::Binding, Step::Revocation, Step::Limit, Step::Scope] {
            number = number << 1
                | match self.of(step) {
                    None => 0,
                    Some(StepResult::Ok) => 1,
                    Some(StepResult::Failed(_)) => return None,
                };
        }
        AFTER_CLAIMS.get(number).map(|text| text.as_bytes())
    }
}

/// What the steps of a token that held begin with.
const HELD: &[u8] = br#","steps":["parse:ok","header:ok","key:ok","signature:ok","claims:ok""#;

/// What passed after the claims, by a bit for each step.
const AFTER_CLAIMS: [&str; 16] = [
    r#""#,
    r#","scope:ok""#,
    r#","limit:ok""#,
    r#","limit:ok","scope:ok""#,
    r#","revocation:ok""#,
    r#","revocation:ok","scope:ok""#,
    r#","revocation:ok","limit:ok""#,
    r#","revocation:ok","limit:ok","scope:ok""#,
    r#","binding:ok""#,
    r#","binding:ok","scope:ok""#,
    r#","binding:ok","limit:ok""#,
    r#","binding:ok","limit:ok","scope:ok""#,
    r#","binding:ok","revocation:ok""#,
    r#","binding:ok","revocation:ok","scope:ok""#,
    r#","binding:ok","revocation:ok","limit:ok""#,
    r#","binding:ok","revocation:ok","limit:ok","scope:ok""#,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;

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
            Line::new(&mut out).steps(&steps);
            let expected = format!(",\"steps\":[{}]", each.join(","));
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
