use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::{SecretToken, Timestamp};

use super::{Sessions, later};
use crate::{Access, AccessClaims, Family, FamilyPlace, SessionError};

/// What goes into an access token.
pub(super) struct Minting<'a> {
    pub(super) subject: &'a str,
    pub(super) client_id: &'a str,
    pub(super) scope: Option<&'a str>,
    pub(super) jti: u128,
    pub(super) family: Option<FamilyPlace>,
    pub(super) revoked_before: Option<Timestamp>,
    pub(super) expires_at: Timestamp,
    pub(super) now: Timestamp,
}

impl Sessions {
    /// Mints the access token of a place in a family, which it does not outlive.
    pub(super) fn mint_in(
        &self,
        family: &Family,
        place: FamilyPlace,
        jti: u128,
        revoked_before: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Access, SessionError> {
        let expires_at = later(now, self.settings.access_lifetime);
        self.mint(Minting {
            subject: &family.subject,
            client_id: &family.client_id,
            scope: family.scope.as_deref(),
            jti,
            family: Some(place),
            revoked_before,
            expires_at: expires_at.min(family.expires_at),
            now,
        })
    }

    pub(super) fn mint(&self, minting: Minting<'_>) -> Result<Access, SessionError> {
        // `iat` has whole seconds, and everything up to the second of a revocation is revoked:
        // what is minted in the rest of that second is dated to the next.
        let first_second = minting.revoked_before.map(|before| before.as_seconds() + 1);
        let issued_at = minting.now.as_seconds();
        let claims = AccessClaims {
            issuer: self.issuer.clone(),
            subject: minting.subject.to_owned(),
            audience: self.audience.clone(),
            client_id: minting.client_id.to_owned(),
            scope: minting.scope.map(str::to_owned),
            issued_at: first_second.map_or(issued_at, |first| issued_at.max(first)),
            expires_at: minting.expires_at.as_seconds(),
            jti: uuid_text(minting.jti),
            family: minting.family,
        };
        Ok(Access {
            token: self.sign(&claims)?,
            expires_in: u64::try_from(claims.expires_at - issued_at).unwrap_or(0),
            claims,
        })
    }

    fn sign(&self, claims: &AccessClaims) -> Result<SecretToken, SessionError> {
        let mut token = String::with_capacity(768);
        token.push_str(&self.header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_json()?, &mut token);
        let signature = self.key.sign(token.as_bytes());
        let signature = signature.ok_or(SessionError::Signing)?;
        token.push('.');
        token.push_str(&signature);
        Ok(SecretToken::new(token))
    }
}

/// 128 random bits in the form of a UUID of version 4.
pub(super) fn random_uuid() -> Result<u128, SessionError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| SessionError::Randomness)?;
    Ok(uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .as_u128())
}

pub(super) fn uuid_text(bits: u128) -> String {
    uuid::Uuid::from_u128(bits).to_string()
}
