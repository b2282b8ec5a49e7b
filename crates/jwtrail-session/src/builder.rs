use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::refresh_token::RefreshKey;
use crate::sessions::Settings;
use crate::{MemoryState, Sessions, SigningKey, State, UnusableKeySet};

/// Configures [`Sessions`]. Lifetimes are in seconds.
///
/// ```
/// use jwtrail_session::{Sessions, SigningKey};
/// let sessions = Sessions::builder(SigningKey::generate_ed25519()?, "2026-01")
///     .issuer("https://login.example")
///     .audience("orders-api")
///     .refresh_key([7; 32]) // 32 random bytes
///     .access_lifetime(300)
///     .build()?;
/// assert!(sessions.public_jwks().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SessionsBuilder {
    key: SigningKey,
    kid: String,
    issuer: Option<String>,
    audience: Vec<String>,
    refresh_key: Option<RefreshKey>,
    access_lifetime: u32,
    refresh_lifetime: u32,
    grace: u32,
    leeway: u32,
    longest_lifetime: u32,
    state: Option<Arc<dyn State>>,
}

impl SessionsBuilder {
    pub(crate) fn new(key: SigningKey, kid: &str) -> Self {
        Self {
            key,
            kid: kid.to_owned(),
            issuer: None,
            audience: Vec::new(),
            refresh_key: None,
            access_lifetime: 10 * MINUTE,
            refresh_lifetime: 30 * DAY,
            grace: 10,
            leeway: MINUTE,
            longest_lifetime: DAY,
            state: None,
        }
    }

    /// Our name, the `iss` of the tokens. Required.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Whom the tokens are for, their `aud`. Required; may be called several times.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience.push(audience.into());
        self
    }

    /// The key of the refresh tokens: 32 random bytes, kept as long as sessions should live, and
    /// not the key of the access tokens. Required.
    #[must_use]
    pub fn refresh_key(mut self, secret: [u8; 32]) -> Self {
        self.refresh_key = Some(RefreshKey::new(&secret));
        self
    }

    /// How long an access token lives, in seconds; 600 by default.
    #[must_use]
    pub fn access_lifetime(mut self, seconds: u32) -> Self {
        self.access_lifetime = seconds;
        self
    }

    /// How long after a login the subject has to log in again, in seconds; 30 days by default.
    #[must_use]
    pub fn refresh_lifetime(mut self, seconds: u32) -> Self {
        self.refresh_lifetime = seconds;
        self
    }

    /// How long the previous refresh token is still good, in seconds; 10 by default, at most 60,
    /// as a thief can use it for so long, too. It is what a client has that lost an answer, or
    /// two tabs that refresh at once.
    #[must_use]
    pub fn grace(mut self, seconds: u32) -> Self {
        self.grace = seconds;
        self
    }

    /// How much clocks may differ, the leeway of whoever verifies the tokens, in seconds; 60 by
    /// default, at most 300. Revocations are kept for twice as long past a token's end.
    #[must_use]
    pub fn leeway(mut self, seconds: u32) -> Self {
        self.leeway = seconds;
        self
    }

    /// The longest that a token lives which may be revoked here, in seconds; 24 hours by
    /// default, like the verifier's maximum.
    #[must_use]
    pub fn longest_lifetime(mut self, seconds: u32) -> Self {
        self.longest_lifetime = seconds;
        self
    }

    /// Where families and revocations are kept; a new [`MemoryState`] by default.
    #[must_use]
    pub fn state(mut self, state: Arc<dyn State>) -> Self {
        self.state = Some(state);
        self
    }

    /// The sessions.
    ///
    /// # Errors
    ///
    /// What is missing, or contradicts itself.
    pub fn build(self) -> Result<Sessions, UnusableSessions> {
        let issuer = self.issuer.filter(|issuer| !issuer.is_empty());
        let issuer = issuer.ok_or(UnusableSessions::Missing("issuer"))?;
        if self.audience.is_empty() || self.audience.iter().any(String::is_empty) {
            return Err(UnusableSessions::Missing("audience"));
        }
        let refresh_key = self
            .refresh_key
            .ok_or(UnusableSessions::Missing("refresh_key"))?;
        if refresh_key.is_shared(self.key.hmac()) {
            return Err(UnusableSessions::SharedRefreshKey);
        }
        if self.kid.is_empty() {
            return Err(UnusableSessions::Missing("kid"));
        }
        let longest = [
            (
                "access_lifetime",
                self.access_lifetime,
                self.longest_lifetime,
            ),
            (
                "access_lifetime",
                self.access_lifetime,
                self.refresh_lifetime,
            ),
            ("grace", self.grace, self.access_lifetime.min(MOST_GRACE)),
            ("leeway", self.leeway, MOST_LEEWAY),
        ];
        for (option, seconds, most) in longest {
            if seconds > most || (seconds == 0 && option.ends_with("lifetime")) {
                return Err(UnusableSessions::Lifetime {
                    option,
                    seconds,
                    most,
                });
            }
        }
        let header = serde_json::json!({
            "alg": self.key.algorithm(), "typ": "at+jwt", "kid": self.kid,
        });
        Ok(Sessions {
            key_set: self.key.key_set(&self.kid)?,
            header: URL_SAFE_NO_PAD.encode(header.to_string()),
            key: self.key,
            kid: self.kid,
            issuer,
            audience: self.audience,
            refresh_key,
            settings: Settings {
                access_lifetime: self.access_lifetime,
                refresh_lifetime: self.refresh_lifetime,
                grace: self.grace,
                leeway: self.leeway,
                longest_lifetime: self.longest_lifetime,
            },
            state: self.state.unwrap_or_else(|| Arc::new(MemoryState::new())),
        })
    }
}

/// A configuration of [`Sessions`] that was refused.
///
/// ```
/// use jwtrail_session::{Sessions, SigningKey, UnusableSessions};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = SigningKey::generate_ed25519()?;
/// let built = Sessions::builder(key, "k1").audience("orders-api").refresh_key([7; 32]).build();
/// assert!(matches!(built, Err(UnusableSessions::Missing("issuer"))));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableSessions {
    /// Whoever verifies the tokens would refuse the key or its `kid`.
    #[error("the signing key or its `kid` can't be used to verify; the source says why")]
    Key(#[from] UnusableKeySet),
    /// An option that has no default was not set, or set to nothing.
    #[error("sessions need `{0}` to be set, and not to nothing")]
    Missing(&'static str),
    /// The refresh key is zeros, or the secret of the access tokens.
    #[error(
        "the refresh key is all zeros, or the secret of the access tokens; draw 32 random bytes \
         for it alone"
    )]
    SharedRefreshKey,
    /// A lifetime is nothing, or longer than it or another one allows.
    #[error("{option} is {seconds} s, it must be at most {most} s, and a lifetime at least 1 s")]
    Lifetime {
        /// The option.
        option: &'static str,
        /// Its value, in seconds.
        seconds: u32,
        /// The most that it may be, in seconds.
        most: u32,
    },
}

const MINUTE: u32 = 60;
const DAY: u32 = 24 * 60 * MINUTE;
/// In seconds.
const MOST_GRACE: u32 = 60;
/// In seconds, as the verifier has it.
const MOST_LEEWAY: u32 = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unsafe_is_refused_when_it_is_built() {
        let key = || SigningKey::hs256(&[5; 32]).unwrap();
        let whole = || {
            Sessions::builder(key(), "k1")
                .issuer("https://login.example")
                .audience("orders-api")
                .refresh_key([7; 32])
        };
        assert!(whole().build().is_ok());

        let missing = |builder: SessionsBuilder| match builder.build().unwrap_err() {
            UnusableSessions::Missing(option) => option,
            other => panic!("{other}"),
        };
        let audience = Sessions::builder(key(), "k1")
            .issuer("i")
            .refresh_key([7; 32]);
        let refresh_key = Sessions::builder(key(), "k1").issuer("i").audience("a");
        assert_eq!(missing(Sessions::builder(key(), "k1")), "issuer");
        assert_eq!(missing(audience), "audience");
        assert_eq!(missing(refresh_key), "refresh_key");
        assert_eq!(missing(whole().issuer("")), "issuer");
        assert_eq!(missing(whole().audience("")), "audience");

        assert_eq!(whole().build().unwrap().issuer(), "https://login.example");
        let too_long = whole().access_lifetime(DAY + 1).build().unwrap_err();
        assert_eq!(
            too_long.to_string(),
            "access_lifetime is 86401 s, it must be at most 86400 s, and a lifetime at least 1 s"
        );
        assert!(whole().access_lifetime(0).build().is_err());
        assert!(whole().grace(61).build().is_err());
        assert!(whole().leeway(301).build().is_err());
        assert!(whole().leeway(0).build().is_ok());
        for shared in [[0; 32], [6; 32]] {
            let hs256 = SigningKey::hs256(&[6; 32]).unwrap();
            let refused = Sessions::builder(hs256, "k1")
                .issuer("i")
                .audience("a")
                .refresh_key(shared)
                .build();
            assert!(matches!(refused, Err(UnusableSessions::SharedRefreshKey)));
        }
        assert!(whole().grace(0).build().is_ok());
    }
}
