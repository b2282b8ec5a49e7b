/// What the service must have, or what must have happened, for a case to mean what it says.
///
/// Always: the service trusts [`Forge::jwks`](crate::Forge::jwks) for the forge's issuer and
/// nothing else, expects the forge's audience, checks the strict profile with the default
/// limits (leeway 60 s, lifetime 86,400 s, 8,192 bytes), and its clock is the forge's `now`.
///
/// ```
/// use jwtrail_forge::{Precondition, find};
///
/// let precondition = find("REV-01/token").unwrap().precondition;
/// assert_eq!(precondition, Precondition::TokenRevoked);
/// assert!(precondition.is_stateful());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Precondition {
    /// Nothing more.
    Default,
    /// The service's clock stands still at the forge's `now`: the case is on an edge.
    FixedClock,
    /// The service trusts the forge's HMAC secret, too.
    Hmac,
    /// The service checks the legacy profile, where `typ` is `JWT` or absent.
    LegacyProfile,
    /// The service reads the token from the forge's cookie, too.
    Cookie,
    /// The route requires the forge's scope.
    ScopeRequired,
    /// The route serves an object that belongs to another subject than the token's.
    ObjectOfAnother,
    /// The issuer's keys cannot be had, and never could.
    KeysUnavailable,
    /// The token that the forge presents was revoked, by its id.
    TokenRevoked,
    /// The token's family (its `sid`) was revoked.
    FamilyRevoked,
    /// The token's subject was revoked, from the forge's `now` backwards.
    SubjectRevoked,
    /// The token that the forge presents is quarantined, by its id.
    TokenQuarantined,
    /// The token that the forge presents, which has no id, is quarantined by its fingerprint.
    FingerprintQuarantined,
    /// The token's family (its `sid`) is quarantined.
    FamilyQuarantined,
    /// The token's subject is quarantined, whenever its tokens were issued.
    SubjectQuarantined,
    /// The token's subject has used up what it may ask for.
    SubjectOverLimit,
    /// The store of revocations does not answer.
    BackendDown,
    /// The client goes away while the service waits for its store.
    ClientGone,
    /// The service issued a refresh token: present that one as an access token.
    RefreshTokenIssued,
    /// The refresh token was rotated and its grace is over: present it again.
    RefreshTokenRotated,
    /// The refresh token was issued to another client than the one that presents it.
    RefreshTokenOfAnotherClient,
    /// The service takes DPoP proofs (RFC 9449), for the forge's resource.
    Dpop,
    /// It asks for a nonce in them, too.
    DpopNonce,
    /// It takes DPoP proofs, and has accepted the very same request once before.
    ProofUsed,
    /// The login is tried with a wrong password.
    WrongPassword,
}

impl Precondition {
    /// Whether the service's state has to be arranged, beyond its configuration.
    #[must_use]
    pub const fn is_stateful(self) -> bool {
        matches!(
            self,
            Self::KeysUnavailable
                | Self::TokenRevoked
                | Self::FamilyRevoked
                | Self::SubjectRevoked
                | Self::TokenQuarantined
                | Self::FingerprintQuarantined
                | Self::FamilyQuarantined
                | Self::SubjectQuarantined
                | Self::SubjectOverLimit
                | Self::BackendDown
                | Self::ClientGone
                | Self::ProofUsed
        ) || self.token_from_service()
    }

    /// Whether what is presented comes from the service under test, so that the forge mints
    /// nothing.
    #[must_use]
    pub const fn token_from_service(self) -> bool {
        matches!(
            self,
            Self::RefreshTokenIssued
                | Self::RefreshTokenRotated
                | Self::RefreshTokenOfAnotherClient
                | Self::WrongPassword
        )
    }
}
