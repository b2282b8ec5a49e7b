use std::fmt;

/// Why a case cannot be minted for the service under test.
///
/// ```
/// use jwtrail_forge::Unforgeable;
/// let why = Unforgeable::NeedsKey.to_string();
/// assert_eq!(why, "it needs the key that signs the service's tokens");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unforgeable {
    /// It needs a true signature over other claims than those of the token at hand.
    NeedsKey,
    /// It needs the issuer's public key.
    NeedsPublicKey,
    /// It is about another algorithm than the service's.
    OtherAlgorithm,
    /// It would be no other token than a good one, or means nothing there.
    NotApplicable,
}

impl fmt::Display for Unforgeable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeedsKey => "it needs the key that signs the service's tokens",
            Self::NeedsPublicKey => "it needs the issuer's public key",
            Self::OtherAlgorithm => "it is about another algorithm than the service's",
            Self::NotApplicable => "it means nothing for this service's tokens",
        })
    }
}
