/// What a subject, acting through a client, is allowed.
///
/// ```
/// use jwtrail_session::Grant;
/// let grant = Grant::new("user-7", "web").scope("orders:read orders:write");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub(crate) subject: String,
    pub(crate) client_id: String,
    pub(crate) scope: Option<String>,
}

impl Grant {
    /// A grant to a subject through a client, with no scope.
    pub fn new(subject: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            client_id: client_id.into(),
            scope: None,
        }
    }

    /// With a scope: scope tokens separated by single spaces (RFC 6749 section 3.3).
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    pub(crate) fn validate(&self) -> Result<(), UnusableGrant> {
        for (field, text) in [("subject", &self.subject), ("client_id", &self.client_id)] {
            if text.is_empty() || text.len() > MAX_ID {
                return Err(UnusableGrant::Length {
                    field,
                    length: text.len(),
                    max: MAX_ID,
                });
            }
        }
        let Some(scope) = &self.scope else {
            return Ok(());
        };
        if scope.len() > MAX_SCOPE {
            return Err(UnusableGrant::Length {
                field: "scope",
                length: scope.len(),
                max: MAX_SCOPE,
            });
        }
        let allowed = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let scope_token = |token: &str| !token.is_empty() && token.bytes().all(allowed);
        if !scope.split(' ').all(scope_token) {
            return Err(UnusableGrant::Scope);
        }
        Ok(())
    }
}

/// A grant that can't be put into a token.
///
/// ```
/// use jwtrail_session::{SessionError, UnusableGrant};
///
/// fn is_too_long(error: &SessionError) -> bool {
///     matches!(error, SessionError::Grant(UnusableGrant::Length { .. }))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableGrant {
    /// A field is empty or too long.
    #[error("the grant's {field} has {length} bytes, it needs 1 to {max}")]
    Length {
        /// Which field.
        field: &'static str,
        /// How many bytes it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// The scope is not a list of scope tokens.
    #[error("the grant's scope is not a list of scope tokens separated by single spaces")]
    Scope,
}

// As the audit event caps them, so that what is recorded is what was granted.
const MAX_ID: usize = 256;
const MAX_SCOPE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_a_list_of_scope_tokens() {
        for scope in ["orders:read", "a b c", "!#[]~"] {
            assert_eq!(Grant::new("u", "c").scope(scope).validate(), Ok(()));
        }
        for scope in [
            "", " ", "a  b", " a", "a ", "a\tb", "a\"", "a\\", "é", "a\nb",
        ] {
            let refused = Grant::new("u", "c").scope(scope).validate();
            assert_eq!(refused, Err(UnusableGrant::Scope), "{scope:?}");
        }
    }

    #[test]
    fn subject_and_client_are_named_and_bounded() {
        let long = "x".repeat(MAX_ID + 1);
        for (subject, client) in [("", "c"), ("u", ""), (long.as_str(), "c"), ("u", &long)] {
            let refused = Grant::new(subject, client).validate();
            assert!(matches!(refused, Err(UnusableGrant::Length { .. })));
        }
        let longest = "x".repeat(MAX_ID);
        let good = Grant::new(&longest, &longest).scope("x".repeat(MAX_SCOPE));
        assert_eq!(good.validate(), Ok(()));
        let scope = "x".repeat(MAX_SCOPE + 1);
        let refused = Grant::new("u", "c").scope(scope).validate();
        assert!(matches!(refused, Err(UnusableGrant::Length { .. })));
    }
}
