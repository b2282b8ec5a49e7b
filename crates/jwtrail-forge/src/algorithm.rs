use std::fmt;

/// The algorithms that the forge signs with.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_forge::{Algorithm, Forge};
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000)).with_algorithm(Algorithm::EdDsa);
/// assert!(forge.public_pem(Algorithm::EdDsa).is_some());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: &'static [Self] = &[Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name that stands in `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The `kid` of the forge's own key for this algorithm.
    #[must_use]
    pub const fn kid(self) -> &'static str {
        match self {
            Self::Hs256 => "forge-hs256",
            Self::Rs256 => "forge-rs256",
            Self::Es256 => "forge-es256",
            Self::EdDsa => "forge-eddsa",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
