use std::fmt;

/// Where in a document something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Place {
    /// The line, from 1; 0 where no document says it.
    pub line: u32,
    /// The column in characters, from 1; 0 where no document says it.
    pub column: u32,
    /// The JSON pointer (RFC 6901), such as `/paths/~1orders/get`.
    pub pointer: String,
    /// The address of the document, if it is one that was fetched because another refers to it.
    pub document: Option<String>,
}

impl Place {
    pub(crate) const fn nowhere() -> Self {
        Self {
            line: 0,
            column: 0,
            pointer: String::new(),
            document: None,
        }
    }
}

/// `12:3 /paths/~1orders/get`, with the document before it if it is another one.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            pointer,
            document,
        } = self;
        if let Some(document) = document {
            write!(f, "{document}:")?;
        }
        write!(f, "{line}:{column} {pointer}")
    }
}

/// Something that could not be read, or that is not as the specification wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// Where it stands.
    pub place: Place,
    /// What is wrong and what was made of it.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}
