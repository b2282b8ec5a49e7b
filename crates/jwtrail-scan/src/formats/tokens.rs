use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};
use jwtrail_event::{SecretToken, Text};
use serde_json::Value;

use crate::ScanReport;

/// Takes tokens and secrets out of what is shown: those that it knows, and whatever has a
/// token's form.
///
/// ```
/// use jwtrail_event::SecretToken;
/// use jwtrail_scan::formats::Redactor;
///
/// let redactor = Redactor::new(&[SecretToken::new("hunter2-hunter2".to_owned())]);
/// assert_eq!(redactor.text("p=hunter2-hunter2"), "p=[redacted]");
/// assert_eq!(redactor.text("a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln b"), "a [redacted] b");
/// ```
#[derive(Debug, Default)]
pub struct Redactor {
    known: Option<AhoCorasick>,
}

impl Redactor {
    /// A redactor that knows these secrets, and their parts.
    #[must_use]
    pub fn new(secrets: &[SecretToken]) -> Self {
        let mut needles: Vec<&str> = Vec::new();
        for secret in secrets {
            let text = secret.expose();
            needles.push(text);
            // The header is no secret: every token of an issuer has the same.
            if is_token(text) {
                needles.extend(text.split('.').skip(1));
            }
        }
        needles.retain(|needle| needle.len() >= SHORTEST);
        let known = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(needles);
        Self {
            // Only billions of secrets could not be built into one.
            known: known.ok(),
        }
    }

    /// The text without them.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let known = match &self.known {
            Some(known) if known.patterns_len() > 0 => {
                let replacements = vec![REDACTED; known.patterns_len()];
                Cow::Owned(known.replace_all(text, &replacements))
            }
            _ => Cow::Borrowed(text),
        };
        without_tokens(&known)
    }

    /// The report without them, in whatever field they stood.
    #[must_use]
    pub fn report(&self, report: &ScanReport) -> Option<ScanReport> {
        let mut value = serde_json::to_value(report).ok()?;
        self.value(&mut value);
        serde_json::from_value(value).ok()
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.value(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The text with everything that has the form of a JWT or a JWE taken out.
fn without_tokens(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_part) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        kept.push_str(before);
        let end = from.find(|c| !is_part(c) && c != '.').unwrap_or(from.len());
        let (word, after) = from.split_at_checked(end).unwrap_or((from, ""));
        kept.push_str(if is_token(word) { REDACTED } else { word });
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// A header, which is base64url of JSON, and at least one part after it.
fn is_token(word: &str) -> bool {
    let begin = word.find("eyJ").and_then(|at| word.split_at_checked(at));
    let Some((_, word)) = begin else {
        // One whose header is not written so, or a refresh token.
        return Text::from_header(word.as_bytes()).as_str() != word;
    };
    let mut parts = word.split('.');
    let header = parts.next().unwrap_or_default();
    header.len() >= SHORTEST && parts.next().is_some_and(|part| part.len() >= SHORTEST)
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// What stands in a secret's place.
const REDACTED: &str = "[redacted]";
/// Shorter texts are found everywhere and hide nothing.
const SHORTEST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWlzc3Vlcg";

    #[test]
    fn known_secrets_and_their_parts_are_taken_out() {
        let redactor = Redactor::new(&[SecretToken::new(TOKEN.to_owned())]);
        for text in [
            TOKEN.to_owned(),
            "eyJzdWIiOiJhbGljZSJ9".to_owned(),
            "sig=c2lnbmF0dXJlLW9mLWlzc3Vlcg".to_owned(),
        ] {
            let text = redactor.text(&text);
            assert!(
                text.contains(REDACTED) && !text.contains("c2ln") && !text.contains("eyJzd"),
                "{text}"
            );
        }
    }

    #[test]
    fn whatever_has_a_tokens_form_is_taken_out() {
        let redactor = Redactor::default();
        assert_eq!(
            redactor.text(&format!("Bearer {TOKEN}, x")),
            "Bearer [redacted], x"
        );
        assert_eq!(
            redactor.text("a.b.c GET /orders.json"),
            "a.b.c GET /orders.json"
        );
        assert_eq!(redactor.text("eyJhbGciOiJub25lIn0"), "eyJhbGciOiJub25lIn0");
        // Its header is `{ "alg":"HS256"}`.
        let spaced = format!("eyAiYWxnIjoiSFMyNTYifQ.e30.{}", "s".repeat(43));
        assert_eq!(redactor.text(&format!("a {spaced}, x")), "a [redacted], x");
        assert_eq!(redactor.text("a jwtrail_rt_AAAA, x"), "a [redacted], x");
        assert_eq!(redactor.text("é\u{1f600}é"), "é\u{1f600}é");
    }
}
