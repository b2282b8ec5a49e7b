mod mint;
mod refreshing;
mod revoking;

use std::fmt;
use std::sync::Arc;

use jwtrail_event::Timestamp;
use jwtrail_verify::KeySet;

pub use revoking::Revoked;

use crate::refresh_token::RefreshKey;
use crate::{
    Access, Family, FamilyId, FamilyPlace, Grant, Issued, SessionError, SessionsBuilder,
    SigningKey, State,
};

/// Issues, rotates and revokes tokens.
///
/// ```
/// use futures_util::FutureExt as _;
/// use jwtrail_event::{Reason, Timestamp};
/// use jwtrail_session::{Grant, Sessions, SigningKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sessions = Sessions::builder(SigningKey::generate_ed25519()?, "2026-01")
///     .issuer("https://login.example")
///     .audience("orders-api")
///     .refresh_key([7; 32]) // 32 random bytes
///     .build()?;
/// let now = Timestamp::from_seconds(1_800_000_000);
/// // The memory state answers at once; otherwise await.
/// let issued = sessions.issue(Grant::new("user-7", "web"), now).now_or_never().ok_or("pending")??;
///
/// let old = issued.refresh_token.expose();
/// sessions.refresh(old, "web", now).now_or_never().ok_or("pending")??;
/// let late = Timestamp::from_seconds(1_800_000_060);
/// let refusal = sessions.refresh(old, "web", late).now_or_never().ok_or("pending")?.unwrap_err();
/// assert_eq!(refusal.reason(), Reason::RefreshReused);
/// assert!(refusal.family_revoked());
/// # Ok(())
/// # }
/// ```
pub struct Sessions {
    /// The JOSE header of every token, in base64url.
    pub(crate) header: String,
    pub(crate) key: SigningKey,
    pub(crate) kid: String,
    pub(crate) key_set: KeySet,
    pub(crate) issuer: String,
    pub(crate) audience: Vec<String>,
    pub(crate) refresh_key: RefreshKey,
    pub(crate) settings: Settings,
    pub(crate) state: Arc<dyn State>,
}

/// Lifetimes in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) access_lifetime: u32,
    pub(crate) refresh_lifetime: u32,
    pub(crate) grace: u32,
    pub(crate) leeway: u32,
    pub(crate) longest_lifetime: u32,
}

impl Settings {
    /// When the last token can be used that was minted by now and lives for so long: our clock,
    /// the issuer's and the verifier's may all differ by the leeway.
    fn last_use(self, now: Timestamp, lifetime: u32) -> Timestamp {
        later(later(later(now, lifetime), self.leeway), self.leeway)
    }

    /// The latest `iat` that a verifier takes.
    fn latest_issue(self, now: Timestamp) -> Timestamp {
        Timestamp::from_seconds(now.as_seconds() + i64::from(self.leeway.max(1)))
    }
}

impl Sessions {
    /// Starts to configure sessions whose access tokens are signed by a key with this `kid`.
    #[must_use]
    pub fn builder(key: SigningKey, kid: &str) -> SessionsBuilder {
        SessionsBuilder::new(key, kid)
    }

    /// Our name, the `iss` of the tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys with which a verifier checks these tokens.
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        self.key_set.clone()
    }

    /// The public half of the signing key as a JWK Set (RFC 7517), to be published; none for an
    /// HMAC key.
    #[must_use]
    pub fn public_jwks(&self) -> Option<String> {
        let jwks = self.key.public_jwks(&self.kid)?;
        Some(jwks.to_string())
    }

    /// Opens a refresh family for a subject that has just logged in.
    ///
    /// # Errors
    ///
    /// A grant that can't be put into a token, a state without room or that does not answer, or
    /// a system without random bytes.
    pub async fn issue(&self, grant: Grant, now: Timestamp) -> Result<Issued, SessionError> {
        grant.validate()?;
        let id = FamilyId::from_bits(mint::random_uuid()?);
        let access_jti = mint::random_uuid()?;
        let revoked_before = self.revoked_before_issue(&grant.subject, now).await?;
        // Opened after whatever was revoked, even if the clock did not move in between.
        let opened_at = revoked_before.map_or(now, |before| now.max(before.plus_micros(1)));
        let family = Family {
            subject: grant.subject,
            client_id: grant.client_id,
            scope: grant.scope,
            opened_at,
            expires_at: later(now, self.settings.refresh_lifetime),
            generation: 1,
            rotated_at: now,
            access_jti,
            revoked: false,
        };
        let until = later(family.expires_at, self.settings.leeway);
        self.state.open(id, family.clone(), until, now).await?;
        let place = FamilyPlace { id, generation: 1 };
        Ok(Issued {
            access: self.mint_in(&family, place, access_jti, revoked_before, now)?,
            refresh_token: self.refresh_key.write(place),
        })
    }

    /// Mints an access token without a refresh family: for a machine that can log in again.
    ///
    /// # Errors
    ///
    /// As [`issue`](Self::issue).
    pub async fn issue_access(&self, grant: Grant, now: Timestamp) -> Result<Access, SessionError> {
        grant.validate()?;
        let revoked_before = self.revoked_before_issue(&grant.subject, now).await?;
        let expires_at = later(now, self.settings.access_lifetime);
        self.mint(mint::Minting {
            subject: &grant.subject,
            client_id: &grant.client_id,
            scope: grant.scope.as_deref(),
            jti: mint::random_uuid()?,
            family: None,
            revoked_before,
            expires_at,
            now,
        })
    }

    /// As [`revoked_before`](Self::revoked_before), if a token can be dated after it.
    async fn revoked_before_issue(
        &self,
        subject: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, SessionError> {
        let before = self.revoked_before(subject, now).await?;
        let latest = self.settings.latest_issue(now).as_seconds();
        match before.map(|before| before.as_seconds() + 1 - latest) {
            Some(seconds @ 1..) => Err(SessionError::JustRevoked { seconds }),
            _ => Ok(before),
        }
    }

    async fn revoked_before(
        &self,
        subject: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, crate::StateError> {
        self.state.revoked_before(&self.issuer, subject, now).await
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("key", &self.key)
            .field("kid", &self.kid)
            .field("settings", &self.settings)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

fn later(time: Timestamp, seconds: u32) -> Timestamp {
    time.plus_micros(micros(seconds))
}

fn micros(seconds: u32) -> i64 {
    i64::from(seconds) * 1_000_000
}
