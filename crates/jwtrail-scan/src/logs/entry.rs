use super::LogFormat;

/// One record of a log, whatever its format was.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// How it was written.
    pub format: LogFormat,
    /// What it says, flattened: `{"user":{"id":7}}` is `user.id` = `7`.
    pub fields: Fields,
    /// The line as it was, cut to 4 KiB; what is not UTF-8 is U+FFFD. Empty for a record that
    /// never was a line.
    pub text: String,
    /// Whether the line held a terminal sequence or another control character as it is.
    pub control: bool,
}

impl Entry {
    /// An entry with these fields that never was a line.
    pub(crate) fn new(format: LogFormat, fields: Fields) -> Self {
        Self {
            format,
            fields,
            text: String::new(),
            control: false,
        }
    }
}

/// The fields of an entry, in their order; a name can be there twice.
///
/// ```
/// use jwtrail_scan::logs::parse_line;
/// let entries = parse_line(br#"{"req":{"id":"a-1"},"scopes":["read","write"]}"#);
/// assert_eq!(entries[0].fields.value("req.id"), Some("a-1"));
/// assert_eq!(entries[0].fields.value("scopes"), Some("read write"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first name that stands there twice, which no honest writer does.
    #[must_use]
    pub fn doubled(&self) -> Option<&str> {
        let mut seen = std::collections::HashSet::new();
        self.iter()
            .map(|(name, _)| name)
            .find(|name| !seen.insert(*name))
    }

    /// Adds a field; past the caps it is cut, or left out.
    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (mut name, mut value) = (name.into(), value.into());
        if self.0.len() >= MAX_FIELDS {
            return;
        }
        cap(&mut name, MAX_NAME);
        cap(&mut value, MAX_VALUE);
        self.0.push((name, value));
    }

    pub(crate) fn extend(&mut self, others: Self) {
        for (name, value) in others.0 {
            self.push(name, value);
        }
    }
}

/// Cuts a text to at most so many bytes, at a character's boundary.
pub(crate) fn cap(text: &mut String, bytes: usize) {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// The most fields that an entry keeps.
pub(super) const MAX_FIELDS: usize = 512;
/// The longest name kept, in bytes.
const MAX_NAME: usize = 256;
/// The longest value kept, in bytes.
const MAX_VALUE: usize = 8 * 1024;
/// How much of a line is kept as it was, in bytes.
pub(super) const MAX_TEXT: usize = 4 * 1024;
