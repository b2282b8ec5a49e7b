use std::fmt;

use jwtrail_event::{Reason, SecretToken};

use crate::{Case, Forge, find};

/// What can be wrong with a token: of each kind of flaw one case of the catalogue.
///
/// For a test that wants one bad token of a kind; [`catalogue`](crate::catalogue) has many more
/// of each. All are sent in one `Bearer` header to a service whose clock shows the forge's `now`.
///
/// ```
/// use jwtrail_event::{Reason, Timestamp};
/// use jwtrail_forge::{Algorithm, Defect, Forge};
///
/// let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
/// let forge = forge.with_algorithm(Algorithm::EdDsa);
/// for defect in Defect::ALL {
///     assert!(!defect.token(&forge).expose().is_empty(), "{defect}");
/// }
/// assert_eq!(Defect::OtherAudience.reason(), Some(Reason::BadAudience));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Defect {
    /// It expired an hour ago.
    Expired,
    /// It is valid in an hour (`nbf`).
    NotYetValid,
    /// It says that it will be issued in an hour (`iat`).
    IssuedInFuture,
    /// It lives until the year 9999.
    LifetimeTooLong,
    /// It has no `exp`.
    NoExpiry,
    /// It has no `sub`.
    NoSubject,
    /// It has no `aud`.
    NoAudience,
    /// It is for another service (`aud`).
    OtherAudience,
    /// It names another issuer (`iss`).
    OtherIssuer,
    /// Its `typ` is `JWT`, not that of an access token.
    OtherType,
    /// It is good, but for the scope: for a route that requires the forge's.
    OtherScope,
    /// Its subject was changed after it was signed.
    ChangedSubject,
    /// One byte of its signature is wrong.
    BrokenSignature,
    /// Somebody else signed it, under the issuer's `kid`.
    SignedByStranger,
    /// Its signature is empty.
    NoSignature,
    /// Its `alg` is `none`, and nobody signed it.
    AlgorithmNone,
    /// It is signed with HMAC under a public key.
    PublicKeyAsSecret,
    /// Its `kid` is nobody's.
    UnknownKey,
    /// It brings the key along that it is signed with (`jwk`).
    OwnKey,
    /// Its header demands what nobody knows (`crit`).
    UnknownCritical,
    /// It has two parts.
    TwoParts,
    /// It is one byte larger than 8,192.
    TooLarge,
}

impl Defect {
    /// Every defect.
    pub const ALL: &'static [Self] = &[
        Self::Expired,
        Self::NotYetValid,
        Self::IssuedInFuture,
        Self::LifetimeTooLong,
        Self::NoExpiry,
        Self::NoSubject,
        Self::NoAudience,
        Self::OtherAudience,
        Self::OtherIssuer,
        Self::OtherType,
        Self::OtherScope,
        Self::ChangedSubject,
        Self::BrokenSignature,
        Self::SignedByStranger,
        Self::NoSignature,
        Self::AlgorithmNone,
        Self::PublicKeyAsSecret,
        Self::UnknownKey,
        Self::OwnKey,
        Self::UnknownCritical,
        Self::TwoParts,
        Self::TooLarge,
    ];

    /// Such a token.
    #[must_use]
    #[expect(clippy::expect_used, reason = "every case's token is minted by a test")]
    pub fn token(self, forge: &Forge) -> SecretToken {
        let presented = forge.present(self.case());
        presented.tokens().first().expect("one token").clone()
    }

    /// The reason that a service with our middleware must record.
    #[must_use]
    pub fn reason(self) -> Option<Reason> {
        self.case().expect.reason
    }

    /// The case of the catalogue, with all that must come of it.
    #[must_use]
    #[expect(clippy::expect_used, reason = "every id is looked up by a test")]
    pub fn case(self) -> &'static Case {
        find(self.id()).expect("a case of the catalogue")
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Expired => "CLM-01/hour-ago",
            Self::NotYetValid => "CLM-02/hour-ahead",
            Self::IssuedInFuture => "CLM-02/issued-hour-ahead",
            Self::LifetimeTooLong => "CLM-03/year-9999",
            Self::NoExpiry => "CLM-03/no-exp",
            Self::NoSubject => "CLM-07/no-sub",
            Self::NoAudience => "CLM-04/missing",
            Self::OtherAudience => "CLM-04/other",
            Self::OtherIssuer => "CLM-05/other",
            Self::OtherType => "CLM-06/plain-jwt",
            Self::OtherScope => "SCP-01/other",
            Self::ChangedSubject => "SIG-02/subject",
            Self::BrokenSignature => "SIG-01/middle-byte",
            Self::SignedByStranger => "SIG-01/stranger",
            Self::NoSignature => "SIG-04/empty",
            Self::AlgorithmNone => "SIG-03/none",
            Self::PublicKeyAsSecret => "SIG-05/rs256-pem",
            Self::UnknownKey => "KEY-04/unknown",
            Self::OwnKey => "KEY-01/jwk",
            Self::UnknownCritical => "KEY-05/unknown",
            Self::TwoParts => "AUT-03/two-parts",
            Self::TooLarge => "AUT-03/one-byte-too-large",
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.case().title)
    }
}
