use std::fmt;

/// What a token was granted: exact elements, in the order of the token.
///
/// ```
/// use jwtrail_verify::ScopeSet;
/// let scope: ScopeSet = ["orders:read", "orders:write"].into_iter().collect();
/// assert!(scope.contains("orders:read"));
/// assert!(!scope.contains("orders"));
/// assert_eq!(scope.to_string(), "orders:read orders:write");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet {
    elements: Vec<Box<str>>,
    text: String,
}

impl ScopeSet {
    /// Whether this very element was granted.
    #[must_use]
    pub fn contains(&self, element: &str) -> bool {
        self.iter().any(|granted| granted == element)
    }

    /// The elements.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.elements.iter().map(AsRef::as_ref)
    }

    /// Whether nothing was granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The elements, space-separated.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn insert(&mut self, element: &str) {
        if self.contains(element) {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(element);
        self.elements.push(element.into());
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
    fn extend<I: IntoIterator<Item = &'a str>>(&mut self, elements: I) {
        for element in elements {
            self.insert(element);
        }
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
