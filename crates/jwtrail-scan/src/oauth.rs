use std::time::Duration;

use jwtrail_event::SecretToken;
use reqwest::redirect::Policy;
use serde::Deserialize;

use crate::target::{Target, TargetError};

/// How a token is asked for at an OAuth 2.0 token endpoint (RFC 6749 section 3.2).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenRequest {
    /// The endpoint.
    pub url: String,
    /// The client.
    pub client_id: String,
    /// Its secret, sent as HTTP Basic (RFC 6749 section 2.3.1); none for a public client.
    pub client_secret: Option<SecretToken>,
    /// What is shown for the token.
    pub grant: TokenGrant,
    /// The scope that is asked for, or nothing.
    pub scope: Option<String>,
}

/// What is shown for a token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenGrant {
    /// The client itself (RFC 6749 section 4.4).
    ClientCredentials,
    /// A user's name and password (RFC 6749 section 4.3).
    Password {
        /// The name.
        username: String,
        /// The password.
        password: SecretToken,
    },
    /// A refresh token (RFC 6749 section 6).
    Refresh(SecretToken),
}

/// What a token endpoint gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ObtainedTokens {
    /// The access token.
    pub access: SecretToken,
    /// The refresh token, if there is one.
    pub refresh: Option<SecretToken>,
}

impl TokenRequest {
    /// A request for a token of the client's own.
    #[must_use]
    pub fn new(url: &str, client_id: &str) -> Self {
        Self {
            url: url.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            grant: TokenGrant::ClientCredentials,
            scope: None,
        }
    }

    /// Asks for the token. The endpoint is on this machine or in a private network, or its host
    /// is named as one's own, as with the target of a scan.
    ///
    /// # Errors
    ///
    /// When the endpoint may not be called, does not answer, or gives no token. No secret is in
    /// an error, and nothing of the answer but its `error` code.
    pub async fn send(&self, own_host: Option<&str>) -> Result<ObtainedTokens, TokenRequestError> {
        let target = Target::resolve(&self.url, own_host).await?;
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(DEADLINE)
            .resolve_to_addrs(target.host(), target.addresses())
            .build()
            .map_err(|_| TokenRequestError::Unanswered)?;
        let mut request = client
            .post(&self.url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(self.form());
        if let Some(secret) = &self.client_secret {
            request = request.basic_auth(&self.client_id, Some(secret.expose()));
        }
        let mut response = request
            .send()
            .await
            .map_err(|_| TokenRequestError::Unanswered)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                break;
            }
        }
        if status != 200 {
            let error = serde_json::from_slice::<Refusal>(&body).map(|refusal| refusal.error);
            let error = error.unwrap_or_default();
            let error = error.chars().filter(char::is_ascii_graphic).take(64);
            return Err(TokenRequestError::Refused {
                status,
                error: error.collect(),
            });
        }
        let tokens: Tokens =
            serde_json::from_slice(&body).map_err(|_| TokenRequestError::NoToken)?;
        Ok(ObtainedTokens {
            access: SecretToken::new(tokens.access_token),
            refresh: tokens.refresh_token.map(SecretToken::new),
        })
    }

    /// RFC 6749 appendix B.
    fn form(&self) -> String {
        let mut fields: Vec<(&str, &str)> = match &self.grant {
            TokenGrant::ClientCredentials => vec![("grant_type", "client_credentials")],
            TokenGrant::Password { username, password } => vec![
                ("grant_type", "password"),
                ("username", username),
                ("password", password.expose()),
            ],
            TokenGrant::Refresh(token) => vec![
                ("grant_type", "refresh_token"),
                ("refresh_token", token.expose()),
            ],
        };
        if self.client_secret.is_none() {
            fields.push(("client_id", &self.client_id));
        }
        fields.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        crate::request::form(&fields)
    }
}

/// A token that was not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRequestError {
    /// The endpoint may not be called.
    #[error("the token endpoint cannot be called")]
    Target(#[from] TargetError),
    /// It does not answer.
    #[error("the token endpoint does not answer")]
    Unanswered,
    /// It refuses.
    #[error("the token endpoint answers {status} {error}")]
    Refused {
        /// The status.
        status: u16,
        /// The error code (RFC 6749 section 5.2), or nothing.
        error: String,
    },
    /// It answers with something else.
    #[error("the token endpoint's answer has no `access_token`")]
    NoToken,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

const DEADLINE: Duration = Duration::from_secs(10);
/// In bytes.
const MAX_ANSWER: usize = 256 * 1024;
