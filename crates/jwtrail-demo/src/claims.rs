use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwtrail_event::SecretToken;
use serde::Deserialize;

use crate::DemoError;

/// What a client reads in the token that it was given, to know what an alert must name.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    jti: Option<String>,
    sid: Option<String>,
}

impl Claims {
    pub(crate) fn of(token: &SecretToken) -> Result<Self, DemoError> {
        let unreadable = || DemoError::Token { claim: "claims" };
        let payload = token.expose().split('.').nth(1).ok_or_else(unreadable)?;
        let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| unreadable())?;
        serde_json::from_slice(&json).map_err(|_| unreadable())
    }

    pub(crate) fn jti(&self) -> Result<String, DemoError> {
        self.jti.clone().ok_or(DemoError::Token { claim: "jti" })
    }

    pub(crate) fn sid(&self) -> Result<String, DemoError> {
        self.sid.clone().ok_or(DemoError::Token { claim: "sid" })
    }
}
