use crate::Thumbprint;
use crate::json::Members;

/// What a token is bound to: its claim `cnf` (RFC 7800 section 3.1).
///
/// A token with one is worth nothing by itself. Whoever takes it must see a proof of each thing
/// that it is bound to, and refuse it where it can't.
///
/// ```
/// # use jwtrail_event::Timestamp;
/// # use jwtrail_forge::Forge;
/// # use jwtrail_verify::{KeySet, Seed, Thumbprint, Verifier};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = Timestamp::from_seconds(1_800_000_000);
/// # let forge = Forge::new(now);
/// # let keys = KeySet::from_jwks(forge.jwks())?;
/// # let builder = Verifier::builder().issuer(forge.issuer(), keys).audience(forge.audience());
/// # let verifier = builder.build(Seed::new([7; 32]))?;
/// # let jkt = Thumbprint::of_certificate(b"");
/// let token = forge.token().claim("cnf", serde_json::json!({ "jkt": jkt.to_string() })).sign();
/// let verified = verifier.verify(token.expose(), now)?;
/// let bound = verified.token.confirmation().ok_or("not bound")?;
/// assert_eq!(bound.key(), Some(&jkt));
/// assert!(bound.certificate().is_none() && !bound.is_unknown());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    key: Option<Thumbprint>,
    certificate: Option<Thumbprint>,
    unknown: bool,
}

impl Confirmation {
    /// `jkt`: the thumbprint of the key whose holder must prove it (RFC 9449 section 6.1).
    #[must_use]
    pub const fn key(&self) -> Option<&Thumbprint> {
        self.key.as_ref()
    }

    /// `x5t#S256`: the SHA-256 of the certificate of the client's connection (RFC 8705 section
    /// 3.1).
    #[must_use]
    pub const fn certificate(&self) -> Option<&Thumbprint> {
        self.certificate.as_ref()
    }

    /// Whether it is bound in a way that is not understood here, or to nothing: `jwk`, `jwe`,
    /// `kid`, `jku` or another. Nobody can prove that, so the token must be refused.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// None if a member that is understood has a form that it may not have.
    pub(crate) fn read(members: &Members<'_>) -> Option<Self> {
        let mut confirmation = Self {
            unknown: members.is_empty(),
            ..Self::default()
        };
        for (name, value) in members.iter() {
            let thumbprint = || value.as_str().and_then(Thumbprint::from_base64url);
            match name {
                "jkt" => confirmation.key = Some(thumbprint()?),
                "x5t#S256" => confirmation.certificate = Some(thumbprint()?),
                _ => confirmation.unknown = true,
            }
        }
        Some(confirmation)
    }
}
