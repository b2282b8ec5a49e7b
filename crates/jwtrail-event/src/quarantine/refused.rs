/// Why an entry is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// A text is empty.
    #[error("`{field}` is empty")]
    Empty {
        /// The field.
        field: &'static str,
    },
    /// A text is too long. It is not cut, for then it would name another.
    #[error("`{field}` has {length} bytes, the limit is {limit}")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The most bytes that are taken.
        limit: usize,
    },
    /// Not a fingerprint.
    #[error("a fingerprint is the key's id, a colon and 32 hexadecimal digits in lower case")]
    Fingerprint,
    /// More services than an entry can name.
    #[error("{count} services, the limit is {limit}; name none to mean every service")]
    TooManyServices {
        /// How many were named.
        count: usize,
        /// The most that are taken.
        limit: usize,
    },
    /// It ends before it begins.
    #[error("`until` is not after `since`")]
    Period,
}

/// A text with something in it that is not too long.
pub(super) fn text(field: &'static str, text: &str, limit: usize) -> Result<(), Refused> {
    if text.is_empty() {
        return Err(Refused::Empty { field });
    }
    at_most(field, text, limit)
}

/// A text that is not too long.
pub(super) fn at_most(field: &'static str, text: &str, limit: usize) -> Result<(), Refused> {
    let length = text.len();
    if length > limit {
        return Err(Refused::TooLong {
            field,
            length,
            limit,
        });
    }
    Ok(())
}
