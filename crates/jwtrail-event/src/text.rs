mod tokens;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use tokens::{before_token, may_hold_token};

/// Text that came from outside: borrowed where it can be, always valid UTF-8.
///
/// The writer caps and escapes it, so any text is safe to hold here.
///
/// ```
/// use jwtrail_event::Text;
/// assert_eq!(Text::from("user-7").as_str(), "user-7");
/// assert_eq!(Text::from_bytes(b"a\xffb").as_str(), "a\u{fffd}b");
/// ```
#[derive(Clone)]
pub struct Text<'a>(Held<'a>);

#[derive(Clone)]
enum Held<'a> {
    Str(Cow<'a, str>),
    /// Bytes that were found to be ASCII: what is only written is never read as text.
    Ascii(&'a [u8]),
}

impl<'a> Text<'a> {
    /// Text out of bytes: what is not UTF-8 becomes U+FFFD.
    #[must_use]
    #[inline]
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        match is_ascii(bytes) {
            true => Self(Held::Ascii(bytes)),
            false => Self(Held::Str(String::from_utf8_lossy(bytes))),
        }
    }

    /// Text out of a header that is recorded and is not for tokens: it ends where one begins, which
    /// a client has put there by mistake.
    ///
    /// ```
    /// use jwtrail_event::Text;
    /// assert_eq!(Text::from_header(b"curl/8.5.0").as_str(), "curl/8.5.0");
    /// assert_eq!(Text::from_header(b"Bearer eyJhbGciOi").as_str(), "Bearer ");
    /// // A signed one is found however its header is written: this begins with `{ "alg"`.
    /// let spaced = format!("a eyAiYWxnIjoiSFMyNTYifQ.e30.{}", "s".repeat(43));
    /// assert_eq!(Text::from_header(spaced.as_bytes()).as_str(), "a ");
    /// ```
    #[must_use]
    #[inline]
    pub fn from_header(bytes: &'a [u8]) -> Self {
        match may_hold_token(bytes) {
            false => Self::from_bytes(bytes),
            true => Self::from_bytes(before_token(bytes)),
        }
    }

    /// The text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Held::Str(text) => text,
            Held::Ascii(bytes) => ascii(bytes),
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Held::Str(text) => text.as_bytes(),
            Held::Ascii(bytes) => bytes,
        }
    }

    /// The same text, borrowed from this one.
    #[must_use]
    pub fn reborrow(&self) -> Text<'_> {
        Text(match &self.0 {
            Held::Str(text) => Held::Str(Cow::Borrowed(text)),
            Held::Ascii(bytes) => Held::Ascii(bytes),
        })
    }

    /// The same text, owned.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text::from(match self.0 {
            Held::Str(text) => text.into_owned(),
            Held::Ascii(bytes) => ascii(bytes).to_owned(),
        })
    }

    /// Cuts the text to at most `cap` bytes, at a character's boundary.
    #[inline]
    pub(crate) fn cap(&mut self, cap: usize) {
        if self.as_bytes().len() > cap {
            self.cut(cap);
        }
    }

    #[cold]
    fn cut(&mut self, cap: usize) {
        match &mut self.0 {
            Held::Str(Cow::Borrowed(text)) => *text = capped(text, cap),
            Held::Str(Cow::Owned(text)) => text.truncate(capped(text, cap).len()),
            Held::Ascii(bytes) => *bytes = bytes.get(..cap).unwrap_or(bytes),
        }
    }
}

/// In fewer steps than the standard library's for what is as short as most texts are.
fn is_ascii(bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) else {
        return bytes.is_ascii();
    };
    let (words, _) = bytes.as_chunks::<8>();
    let ends = u64::from_le_bytes(*first) | u64::from_le_bytes(*last);
    let joined = words
        .iter()
        .fold(ends, |joined, word| joined | u64::from_le_bytes(*word));
    joined & 0x8080_8080_8080_8080 == 0
}

/// What was found to be ASCII is UTF-8.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

impl Default for Text<'_> {
    fn default() -> Self {
        Self::from("")
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text<'_> {}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The order of UTF-8 is that of its characters.
        self.as_bytes().cmp(other.as_bytes())
    }
}

/// The longest prefix of at most `cap` bytes that ends at a character's boundary.
pub(crate) fn capped(text: &str, cap: usize) -> &str {
    if text.len() <= cap {
        return text;
    }
    let mut end = cap.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Held::Str(Cow::Borrowed(text)))
    }
}

impl<'a> From<&'a String> for Text<'a> {
    fn from(text: &'a String) -> Self {
        Self(Held::Str(Cow::Borrowed(text)))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Held::Str(Cow::Owned(text)))
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl serde::Serialize for Text<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

// By hand: the derived reader of `Option<Cow<str>>` always allocates.
impl<'de: 'a, 'a> serde::Deserialize<'de> for Text<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> serde::de::Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text::from(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text::from(text.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text::from(text))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Text<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}
