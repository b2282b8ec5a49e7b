use jwtrail_event::{SecretToken, Text, events};
use serde::Serialize;

use crate::FamilyPlace;

/// What a login gives.
///
/// ```
/// use jwtrail_session::{Grant, SessionError, Sessions};
/// # use jwtrail_event::Timestamp;
/// async fn log_in(sessions: &Sessions, now: Timestamp) -> Result<String, SessionError> {
///     let issued = sessions.issue(Grant::new("user-7", "web"), now).await?;
///     Ok(issued.access.claims.jti)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Issued {
    /// The access token.
    pub access: Access,
    /// The refresh token that goes with it.
    pub refresh_token: SecretToken,
}

/// An access token, with what it says.
///
/// ```
/// use jwtrail_session::{Grant, SessionError, Sessions};
/// # use jwtrail_event::Timestamp;
/// async fn for_a_job(sessions: &Sessions, now: Timestamp) -> Result<u64, SessionError> {
///     let access = sessions.issue_access(Grant::new("job", "cron"), now).await?;
///     Ok(access.expires_in)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Access {
    /// The JWT.
    pub token: SecretToken,
    /// What it says.
    pub claims: AccessClaims,
    /// Seconds until it expires, the `expires_in` of RFC 6749 section 5.1.
    pub expires_in: u64,
}

/// What an access token that we minted says.
///
/// ```
/// use jwtrail_session::AccessClaims;
///
/// fn is_in_a_family(claims: &AccessClaims) -> bool {
///     claims.family.is_some() && claims.event_family().is_some()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `aud`.
    pub audience: Vec<String>,
    /// `client_id`.
    pub client_id: String,
    /// `scope`, space-separated.
    pub scope: Option<String>,
    /// `iat`, in seconds.
    pub issued_at: i64,
    /// `exp`, in seconds.
    pub expires_at: i64,
    /// `jti`.
    pub jti: String,
    /// Where it stands in a refresh family, whose id is its `sid`.
    pub family: Option<FamilyPlace>,
}

impl AccessClaims {
    /// The claims as an audit event carries them.
    #[must_use]
    pub fn event_claims(&self) -> events::Claims<'_> {
        events::Claims {
            jti: Some(Text::from(&self.jti)),
            sub: Some(Text::from(&self.subject)),
            iss: Some(Text::from(&self.issuer)),
            aud: self.audience.iter().map(Text::from).collect(),
            client_id: Some(Text::from(&self.client_id)),
            scope: self.scope.as_ref().map(Text::from),
            scope_class: None,
            exp: Some(self.expires_at),
            iat: Some(self.issued_at),
        }
    }

    /// The place in the refresh family as an audit event carries it.
    #[must_use]
    pub fn event_family(&self) -> Option<events::Family<'static>> {
        self.family.map(FamilyPlace::event_family)
    }

    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Wire {
            iss: &self.issuer,
            sub: &self.subject,
            aud: match self.audience.as_slice() {
                [one] => Audience::One(one),
                several => Audience::Several(several),
            },
            client_id: &self.client_id,
            scope: self.scope.as_deref(),
            iat: self.issued_at,
            exp: self.expires_at,
            jti: &self.jti,
            sid: self.family.map(|family| family.id.to_string()),
        })
    }
}

impl FamilyPlace {
    /// The place as an audit event carries it.
    #[must_use]
    pub fn event_family(self) -> events::Family<'static> {
        events::Family {
            id: Text::from(self.id.to_string()),
            generation: self.generation,
        }
    }
}

#[derive(Serialize)]
struct Wire<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: Audience<'a>,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
    iat: i64,
    exp: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}
