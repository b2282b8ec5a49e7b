use std::collections::BTreeSet;
use std::fmt;

/// What a token was granted: exact elements, in the order of the token, each once.
///
/// ```
/// use jwtrail_verify::ScopeSet;
/// let scope: ScopeSet = ["orders:read", "orders:write"].into_iter().collect();
/// assert!(scope.contains("orders:read"));
/// assert!(!scope.contains("orders"));
/// assert_eq!(scope.to_string(), "orders:read orders:write");
/// ```
///
/// What is empty or has a space in it is no element (RFC 6749 section 3.3), and is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet {
    /// Space-separated.
    text: Box<str>,
}

impl ScopeSet {
    /// Whether this very element was granted.
    #[must_use]
    pub fn contains(&self, element: &str) -> bool {
        is_element(element) && self.has(element)
    }

    /// The same of what [is an element](is_element).
    pub(crate) fn has(&self, element: &str) -> bool {
        has(self.text.as_bytes(), element.as_bytes())
    }

    /// Out of a text that is written as a set's is: one space between elements, each once.
    pub(crate) fn written(text: &str) -> Option<Self> {
        if text.len() > SHORT {
            return None;
        }
        let mut start: usize = 0;
        for element in text.as_bytes().split(|byte| *byte == b' ') {
            let before = text.as_bytes().get(..start.saturating_sub(1))?;
            if element.is_empty() || has(before, element) {
                return None;
            }
            start += element.len() + 1;
        }
        Some(Self { text: text.into() })
    }

    /// The elements.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        elements(&self.text)
    }

    /// Whether nothing was granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The elements, space-separated.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<'a> FromIterator<&'a str> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(elements: I) -> Self {
        let mut set = Self::default();
        set.extend(elements);
        set
    }
}

impl<'a> Extend<&'a str> for ScopeSet {
    fn extend<I: IntoIterator<Item = &'a str>>(&mut self, added: I) {
        let known = std::mem::take(&mut self.text);
        let added = added.into_iter().map(|element| -> &str { element });
        let mut kept: Vec<&str> = Vec::new();
        let mut seen = BTreeSet::new();
        for element in elements(&known).chain(added) {
            let is_new = match kept.len() {
                0..FEW => !kept.contains(&element),
                count => {
                    if count == FEW {
                        seen.extend(kept.iter().copied());
                    }
                    seen.insert(element)
                }
            };
            if is_new && is_element(element) {
                kept.push(element);
            }
        }
        self.text = kept.join(" ").into();
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A space in an element would make two of it as soon as the list is written as text.
pub(crate) fn is_element(text: &str) -> bool {
    !text.is_empty() && !text.contains(' ')
}

/// Whether the element stands in a set's text.
fn has(text: &[u8], element: &[u8]) -> bool {
    let mut rest = text;
    let is_space = |byte: &u8| *byte == b' ';
    loop {
        if let Some(after) = rest.strip_prefix(element)
            && after.first().is_none_or(is_space)
        {
            return true;
        }
        match rest.iter().position(is_space) {
            Some(space) => rest = rest.get(space + 1..).unwrap_or_default(),
            None => return false,
        }
    }
}

pub(crate) fn elements(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|element| !element.is_empty())
}

/// So many are looked through one by one.
const FEW: usize = 16;
/// Of texts up to here, in bytes, each element may be looked for in all before it.
const SHORT: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_text_that_is_taken_as_it_is_written_is_what_its_elements_make(
            text in "[ab]{0,2}( [abc]{0,2}){0,5}",
        ) {
            let made: ScopeSet = elements(&text).collect();
            if let Some(written) = ScopeSet::written(&text) {
                proptest::prop_assert_eq!(&written, &made);
            }
            let again = ScopeSet::written(made.as_str());
            proptest::prop_assert_eq!(again.unwrap_or_default(), made);
        }
    }

    #[test]
    fn what_needs_a_closer_look_is_not_taken_as_it_is() {
        for text in [
            "",
            " a",
            "a ",
            "a  b",
            "a b a",
            "ab a ab",
            &"x".repeat(SHORT + 1),
        ] {
            assert_eq!(ScopeSet::written(text), None, "{text}");
        }
        for text in ["a", "a ab b", "orders:read orders:write"] {
            assert!(ScopeSet::written(text).is_some(), "{text}");
        }
    }
}
