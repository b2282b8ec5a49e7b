use std::fmt;
use std::ops::Range;

use crate::events::{Claims, TokenHeader};
use crate::write::escape;
use crate::{Pseudonyms, Text};

/// What a verified token says, as its records carry it: rendered once, for all of them.
///
/// ```
/// use jwtrail_event::RenderedToken;
/// use jwtrail_event::events::{Claims, TokenHeader};
///
/// fn render(header: &TokenHeader<'_>, claims: &Claims<'_>) -> RenderedToken {
///     RenderedToken::new(header, claims)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedToken {
    /// Members of the line, a comma before each.
    part: Box<[u8]>,
    /// For metrics.
    scope_class: Box<str>,
}

impl RenderedToken {
    /// Renders what a token's bytes show and what its issuer said.
    #[must_use]
    pub fn new(header: &TokenHeader<'_>, claims: &Claims<'_>) -> Self {
        let mut part = Vec::with_capacity(USUAL);
        crate::write::token(header, claims, &mut part);
        let scope_class = claims.scope_class.as_ref().map_or("", Text::as_str);
        Self {
            // Copied and not shrunk: no gap stays between what is kept for long.
            part: Box::from(part.as_slice()),
            scope_class: scope_class.into(),
        }
    }

    /// How many bytes it adds to a record.
    #[must_use]
    pub fn len(&self) -> usize {
        self.part.len()
    }

    /// Whether the token says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.part.is_empty()
    }

    /// The same with a pseudonym in the place of its subject.
    pub(crate) fn disguised(&self, pseudonyms: &Pseudonyms) -> Self {
        let Some(place) = subject(&self.part) else {
            return self.clone();
        };
        let (before, rest) = self.part.split_at(place.start);
        let (quoted, after) = rest.split_at(place.len());
        let mut part = before.to_vec();
        // What was written by us is read again; if not, the subject is left out, not shown.
        let subject: String = sonic_rs::from_slice(quoted).unwrap_or_default();
        part.push(b'"');
        escape(&pseudonyms.recorded_subject(&subject), &mut part);
        part.push(b'"');
        part.extend_from_slice(after);
        Self {
            part: part.into(),
            scope_class: self.scope_class.clone(),
        }
    }

    #[inline]
    pub(crate) fn scope_class(&self) -> &str {
        &self.scope_class
    }

    pub(crate) fn part(&self) -> &[u8] {
        &self.part
    }
}

/// Where the value of `token_sub` stands, its quotes included. The name with the quotes around it
/// stands in no value, where quotes are escaped.
fn subject(part: &[u8]) -> Option<Range<usize>> {
    let name = part.windows(NAME.len()).position(|text| text == NAME)?;
    let start = name + NAME.len();
    let mut inside = part.get(start + 1..)?.iter().enumerate();
    while let Some((at, byte)) = inside.next() {
        match byte {
            b'\\' => drop(inside.next()),
            b'"' => return Some(start..start + 1 + at + 1),
            _ => {}
        }
    }
    None
}

const NAME: &[u8] = b",\"token_sub\":";

impl fmt::Debug for RenderedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderedToken").finish_non_exhaustive()
    }
}

/// Room for most, in bytes.
const USUAL: usize = 512;
