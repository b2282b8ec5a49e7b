use super::escape::escape;
use crate::text::capped;
use crate::{Steps, Text, Timestamp};

/// A line in the making: names, words of ours, and values that need care.
pub(super) struct Line<'b> {
    out: &'b mut Vec<u8>,
}

impl<'b> Line<'b> {
    pub(super) const fn new(out: &'b mut Vec<u8>) -> Self {
        Self { out }
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub(super) fn time(&mut self, time: Timestamp) {
        self.out.push(b'"');
        self.raw(&time.digits());
        self.out.push(b'"');
    }

    /// A word of ours, which needs no escaping.
    pub(super) fn word(&mut self, name: &[u8], word: &str) {
        self.raw(name);
        self.raw(word.as_bytes());
        self.out.push(b'"');
    }

    pub(super) fn optional_word(&mut self, name: &[u8], word: Option<&str>) {
        if let Some(word) = word {
            self.word(name, word);
        }
    }

    pub(super) fn text(&mut self, name: &[u8], text: &Text<'_>, cap: usize) {
        self.raw(name);
        escape(capped(text.as_str(), cap), self.out);
        self.out.push(b'"');
    }

    pub(super) fn optional_text(&mut self, name: &[u8], text: Option<&Text<'_>>, cap: usize) {
        if let Some(text) = text {
            self.text(name, text, cap);
        }
    }

    pub(super) fn number(&mut self, number: impl itoa::Integer) {
        self.raw(itoa::Buffer::new().format(number).as_bytes());
    }

    pub(super) fn optional_number(&mut self, name: &[u8], number: Option<impl itoa::Integer>) {
        if let Some(number) = number {
            self.raw(name);
            self.number(number);
        }
    }

    pub(super) fn optional_flag(&mut self, name: &[u8], flag: Option<bool>) {
        if let Some(flag) = flag {
            self.raw(name);
            self.raw(if flag { b"true" } else { b"false" });
        }
    }

    pub(super) fn steps(&mut self, steps: &Steps) {
        self.raw(b",\"steps\":[");
        for (index, (step, result)) in steps.taken().enumerate() {
            self.raw(if index == 0 { b"\"" } else { b",\"" });
            self.raw(step.as_str().as_bytes());
            self.out.push(b':');
            self.raw(result.as_str().as_bytes());
            self.out.push(b'"');
        }
        self.raw(b"]");
    }
}
