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
        let held = steps.passed_up_to(Step::Claims);
        let (begun, rest) = match held {
            true => (HELD, AFTER_CLAIMS),
            false => (&b",\"steps\":["[..], Step::ALL),
        };
        self.raw(begun);
        let mut first = !held;
        for step in rest {
            let Some(result) = steps.of(*step) else {
                continue;
            };
            let comma = !std::mem::take(&mut first);
            match result {
                StepResult::Ok => self.raw(passed(*step).get(usize::from(!comma)..).unwrap_or(b"")),
                StepResult::Failed(reason) => {
                    self.raw(if comma { b",\"" } else { b"\"" });
                    self.raw(step.as_str().as_bytes());
                    self.raw(b":");
                    self.raw(reason.as_str().as_bytes());
                    self.raw(b"\"");
                }
            }
        }
        self.raw(b"]");
    }
}

/// What the steps of a token that held begin with.
const HELD: &[u8] = br#","steps":["parse:ok","header:ok","key:ok","signature:ok","claims:ok""#;
const AFTER_CLAIMS: &[Step] = &[Step::Binding, Step::Revocation, Step::Limit, Step::Scope];

/// Most steps pass, so that is one piece, with the comma before it.
const fn passed(step: Step) -> &'static [u8] {
    match step {
        Step::Parse => b",\"parse:ok\"",
        Step::Header => b",\"header:ok\"",
        Step::Key => b",\"key:ok\"",
        Step::Signature => b",\"signature:ok\"",
        Step::Claims => b",\"claims:ok\"",
        Step::Binding => b",\"binding:ok\"",
        Step::Revocation => b",\"revocation:ok\"",
        Step::Limit => b",\"limit:ok\"",
        Step::Scope => b",\"scope:ok\"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_passed_together_are_written_as_each_is() {
        let written = |steps: &Steps| {
            let mut out = Vec::new();
            Line::new(&mut out).steps(steps);
            String::from_utf8(out).unwrap()
        };
        let mut steps = Steps::default();
        for count in 1..=Step::ALL.len() {
            steps.passed(Step::ALL[count - 1]);
            let each = Step::ALL.iter().take(count);
            let each: Vec<String> = each.map(|step| format!("\"{step}:ok\"")).collect();
            assert_eq!(written(&steps), format!(",\"steps\":[{}]", each.join(",")));
        }
        steps.failed(Step::Key, crate::Reason::UnknownKey);
        assert!(written(&steps).contains("\"header:ok\",\"key:unknown_key\",\"signature:ok\""));
    }

    #[test]
    fn a_step_that_passed_is_named_like_one_that_failed() {
        for step in Step::ALL {
            let expected = format!(",\"{}:{}\"", step.as_str(), StepResult::Ok.as_str());
            assert_eq!(String::from_utf8_lossy(passed(*step)), expected);
        }
    }
}
