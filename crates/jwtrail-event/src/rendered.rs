use std::fmt;

use crate::events::{Claims, TokenHeader};
use crate::{EventName, Outcome, Record, Text, Timestamp, Trust};

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
        let time = Timestamp::from_micros(0);
        let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
        header.fill(&mut record);
        claims.fill(Trust::Verified, &mut record);
        let mut part = Vec::new();
        record.write_signed_token(&mut part);
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

    #[inline]
    pub(crate) fn scope_class(&self) -> &str {
        &self.scope_class
    }

    pub(crate) fn part(&self) -> &[u8] {
        &self.part
    }
}

impl fmt::Debug for RenderedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderedToken").finish_non_exhaustive()
    }
}
