use std::net::IpAddr;
use std::sync::Arc;

use jwtrail_event::SecretToken;
use reqwest::header::{AUTHORIZATION, HeaderValue, USER_AGENT};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::DemoError;
use crate::ledger::Ledger;
use crate::orders::CLIENT;
use crate::stage::Account;

/// One client of the service: an address, a user agent and a way to send.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) http: reqwest::Client,
    pub(crate) service: Arc<str>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) address: IpAddr,
    pub(crate) agent: &'static str,
}

/// What a login or a refresh gave.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: SecretToken,
    pub(crate) refresh: SecretToken,
}

impl Caller {
    /// The same client as seen from another address.
    pub(crate) fn moved_to(&self, address: IpAddr) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    pub(crate) async fn log_in(&self, account: &Account) -> Result<Tokens, DemoError> {
        let body = json!({
            "username": account.username,
            "password": account.password.expose(),
        });
        self.tokens("/login", &body).await
    }

    pub(crate) async fn refresh(&self, tokens: &Tokens) -> Result<Tokens, DemoError> {
        self.tokens("/refresh", &refresh_body(tokens)).await
    }

    /// Presents a refresh token that the service must refuse.
    pub(crate) async fn refresh_in_vain(&self, tokens: &Tokens) -> Result<(), DemoError> {
        let response = self.post("/refresh", &refresh_body(tokens)).await?;
        expect("/refresh", response.status(), StatusCode::BAD_REQUEST)
    }

    /// A request to a protected route with a Bearer token that must be answered like this.
    pub(crate) async fn must(
        &self,
        call: &Call<'_>,
        token: &SecretToken,
        status: StatusCode,
    ) -> Result<(), DemoError> {
        self.ask(call, token).await?.must(status)
    }

    /// A request to a protected route with a Bearer token.
    pub(crate) async fn ask(
        &self,
        call: &Call<'_>,
        token: &SecretToken,
    ) -> Result<Answer, DemoError> {
        let header = format!("Bearer {}", token.expose());
        self.ask_with_header(call, header.as_bytes()).await
    }

    /// A request to a protected route with any `Authorization` header.
    pub(crate) async fn ask_with_header(
        &self,
        call: &Call<'_>,
        header: &[u8],
    ) -> Result<Answer, DemoError> {
        let mut value = HeaderValue::from_bytes(header).map_err(|_| DemoError::Header {
            path: call.path.to_owned(),
        })?;
        value.set_sensitive(true);
        let url = format!("{}{}", self.service, call.path);
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .header(AUTHORIZATION, value)
            .header("x-request-id", self.ledger.next())
            .header("x-forwarded-for", self.address.to_string())
            .header(USER_AGENT, self.agent);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(DemoError::Service)?;
        Ok(Answer {
            path: call.path.to_owned(),
            status: response.status(),
            body: response.bytes().await.map_err(DemoError::Service)?.to_vec(),
        })
    }

    async fn tokens(&self, path: &str, body: &Value) -> Result<Tokens, DemoError> {
        let response = self.post(path, body).await?;
        expect(path, response.status(), StatusCode::OK)?;
        let wire: TokenResponse = response.json().await.map_err(DemoError::Service)?;
        Ok(Tokens {
            access: SecretToken::new(wire.access_token),
            refresh: SecretToken::new(wire.refresh_token),
        })
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Response, DemoError> {
        let request = self
            .http
            .post(format!("{}{path}", self.service))
            .header("x-forwarded-for", self.address.to_string())
            .header(USER_AGENT, self.agent)
            .json(body);
        request.send().await.map_err(DemoError::Service)
    }
}

fn refresh_body(tokens: &Tokens) -> Value {
    json!({
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh.expose(),
        "client_id": CLIENT,
    })
}

fn expect(path: &str, answered: StatusCode, expected: StatusCode) -> Result<(), DemoError> {
    if answered == expected {
        return Ok(());
    }
    Err(DemoError::Answer {
        path: path.to_owned(),
        expected: expected.as_u16(),
        answered: answered.as_u16(),
    })
}

/// What a protected route answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    path: String,
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn must(&self, status: StatusCode) -> Result<(), DemoError> {
        expect(&self.path, self.status, status)
    }

    /// The number of the order in it.
    pub(crate) fn id(&self) -> Option<u64> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        body.get("id")?.as_u64()
    }
}

/// A request to a protected route.
#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    method: Method,
    path: &'a str,
    body: Option<Value>,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            body: None,
        }
    }

    pub(crate) fn post(path: &'a str, body: Value) -> Self {
        Self {
            method: Method::POST,
            path,
            body: Some(body),
        }
    }
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    refresh_token: String,
}
