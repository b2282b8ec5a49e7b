use std::fmt;

use zeroize::Zeroizing;

/// A token that is held for a reason, wiped when dropped.
///
/// It cannot be printed, serialized or compared; [`expose`](Self::expose) is the one way to
/// the text.
///
/// ```
/// use jwtrail_event::SecretToken;
/// let token = SecretToken::new("eyJhbGciOi".to_owned());
/// assert_eq!(format!("{token:?}"), "SecretToken(..)");
/// ```
#[derive(Clone)]
pub struct SecretToken(Zeroizing<String>);

impl SecretToken {
    /// Takes the text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one place that has to send it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken(..)")
    }
}
