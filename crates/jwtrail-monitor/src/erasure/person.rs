use std::collections::HashSet;
use std::net::IpAddr;

use jwtrail_event::quarantine::recorded_id;
use jwtrail_event::{Record, Text, Trust};
use serde_json::Value;

/// Whom to erase: names, and what is known to be theirs.
pub(super) struct Person {
    subjects: Vec<String>,
    /// Ids of tokens and sessions, and fingerprints.
    ids: HashSet<String>,
    /// Addresses that they came from.
    addresses: HashSet<String>,
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
            addresses: HashSet::new(),
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
        let address = record.client_ip.as_ref();
        self.addresses
            .extend(address.map(|address| address.as_str().to_owned()));
    }

    /// Whether they came from there, perhaps among others.
    pub(super) fn came_from(&self, address: &str) -> bool {
        self.addresses.contains(address)
    }

    /// Whether a token of theirs was presented, as its signature says.
    fn owns(&self, record: &Record<'_>) -> bool {
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
        if self.ids.contains(text) || self.is_subject(text) {
            return true;
        }
        // No number in an address is anybody's.
        if text.parse::<IpAddr>().is_ok() {
            return false;
        }
        let words = || text.split([' ', ':', ',', '(', ')']);
        words().any(|word| self.ids.contains(word))
            || self.subjects.iter().any(|subject| holds(text, subject))
    }
}

/// Whether a text holds a name that does not go on before or after it.
fn holds(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + name.len()..).unwrap_or_default();
        !goes_on(before.chars().rev()) && !goes_on(after.chars())
    })
}

/// Whether what stands next to a name is more of one: `ann.b`, `ann@example.com` and `10.0.0.1` are
/// one name each, and `ann.` is the end of a sentence.
fn goes_on(mut next: impl Iterator<Item = char>) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    match next.next() {
        Some(c) if JOINING.contains(&c) => next.next().is_some_and(is_part),
        c => c.is_some_and(is_part),
    }
}

const JOINING: [char; 9] = ['.', '-', '@', '/', '+', '|', '~', '%', '#'];

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
            "ann.",
            "who was it? Surely ann, -ann- or so.",
        ] {
            assert!(holds(text, "ann"), "{text}");
        }
        for text in [
            "anna",
            "joann",
            "an n",
            "ann_b",
            "ann.b",
            "mary-ann",
            "subject:ann@a.example",
            "/people/ann/photo",
            "idp|ann",
            "",
        ] {
            assert!(!holds(text, "ann"), "{text}");
        }
    }

    #[test]
    fn a_subject_that_is_a_number_is_no_part_of_an_address() {
        let one = Person::new(&["1".to_owned()]);
        for text in ["10.0.0.1", "2001:db8::1", "11", "10.0.0.1, bad_signature"] {
            assert!(!one.is_in(text), "{text}");
        }
        for text in ["1", "subject:1 https://a.example", "1 (https://a.example)"] {
            assert!(one.is_in(text), "{text}");
        }
        let address = Person::new(&["10.0.0.1".to_owned()]);
        assert!(address.is_in("10.0.0.1"));
    }
}
