use std::collections::HashSet;

use jwtrail_event::quarantine::recorded_id;
use jwtrail_event::{Record, Text, Trust};
use serde_json::Value;

/// Whom to erase: names, and what is known to be theirs.
pub(super) struct Person {
    subjects: Vec<String>,
    /// Ids of tokens and sessions, and fingerprints.
    ids: HashSet<String>,
}

impl Person {
    pub(super) fn new(subjects: &[String]) -> Self {
        let subjects = subjects.iter().map(|subject| recorded_id(subject));
        Self {
            subjects: subjects
                .filter(|subject| !subject.is_empty())
                .map(str::to_owned)
                .collect(),
            ids: HashSet::new(),
        }
    }

    /// Takes note of what belongs to them. What an unverified token claims is nobody's word.
    pub(super) fn learn(&mut self, record: &Record<'_>) {
        if !self.owns(record) {
            return;
        }
        let theirs = [
            &record.token_jti,
            &record.previous_jti,
            &record.token_fp,
            &record.refresh_family,
        ];
        for id in theirs.into_iter().flatten() {
            self.ids.insert(id.as_str().to_owned());
        }
    }

    /// Whether a token of theirs was presented, as its signature says.
    pub(super) fn owns(&self, record: &Record<'_>) -> bool {
        record.trust != Trust::None && self.is(record.token_sub.as_ref())
    }

    /// Whether a record is of them, or tells of them.
    pub(super) fn has(&self, record: &Record<'_>) -> bool {
        let named = [
            &record.token_sub,
            &record.claimed_sub,
            &record.client_id,
            &record.actor,
        ];
        let theirs = [
            &record.token_jti,
            &record.claimed_jti,
            &record.previous_jti,
            &record.token_fp,
            &record.refresh_family,
        ];
        let known = |id: &Text<'_>| self.ids.contains(id.as_str());
        named.into_iter().any(|text| self.is(text.as_ref()))
            || theirs.into_iter().flatten().any(known)
            || record
                .target
                .as_ref()
                .is_some_and(|text| self.is_in(text.as_str()))
    }

    /// Whether any text of a row tells of them.
    pub(super) fn is_mentioned_in(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_in(text),
            Value::Array(values) => values.iter().any(|value| self.is_mentioned_in(value)),
            Value::Object(fields) => fields
                .iter()
                .any(|(name, value)| self.is_in(name) || self.is_mentioned_in(value)),
            _ => false,
        }
    }

    pub(super) fn is_subject(&self, name: &str) -> bool {
        self.subjects.iter().any(|subject| subject == name)
    }

    fn is(&self, text: Option<&Text<'_>>) -> bool {
        text.is_some_and(|text| self.is_subject(text.as_str()))
    }

    /// Whether a text is one of their names or ids, or holds one as a word of its own.
    fn is_in(&self, text: &str) -> bool {
        if self.ids.contains(text) {
            return true;
        }
        let words = || text.split([' ', ':', ',', '(', ')']);
        words().any(|word| self.ids.contains(word))
            || self.subjects.iter().any(|subject| holds(text, subject))
    }
}

/// Whether a text holds a name that does not go on before or after it.
fn holds(text: &str, name: &str) -> bool {
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        !goes_on(before) && !goes_on(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_word_of_its_own() {
        for text in [
            "ann",
            "subject:ann https://a.example",
            "ann (https://a.example)",
            "(ann)",
        ] {
            assert!(holds(text, "ann"), "{text}");
        }
        for text in ["anna", "joann", "an n", "ann_b", ""] {
            assert!(!holds(text, "ann"), "{text}");
        }
    }
}
