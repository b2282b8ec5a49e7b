use std::path::{Path, PathBuf};
use std::sync::Arc;

use jwtrail_actix::{JwtAuth, MonitorSink, OtlpSink, Trail, TrailBuilder};
use jwtrail_demo::orders::{AUDIENCE, KEY_ID, OrdersApi, Role};
use jwtrail_event::SecretToken;
use jwtrail_scan::spec::Spec;
use jwtrail_session::{Limits, LimitsBuilder, Sessions, SigningKey};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Server;

const KEY: &[u8] = include_bytes!("../../../../jwtrail-forge/keys/service-eddsa.pk8");
const ISSUER: &str = "https://orders.example";

/// The example service with its middleware, on a port of its own.
pub(crate) struct Orders {
    pub(crate) url: String,
    pub(crate) audit: PathBuf,
    api: OrdersApi,
    server: Server,
    _trail: Trail,
    _folder: TempDir,
}

impl Orders {
    pub(crate) fn start() -> Self {
        Self::with_limits(Limits::builder())
    }

    pub(crate) fn with_limits(limits: LimitsBuilder) -> Self {
        let trail = Trail::builder("orders-api");
        Self::with(limits, |audit| trail.file(audit))
    }

    /// Its trail goes to a monitor and nowhere else.
    pub(crate) fn telling(monitor: MonitorSink) -> Self {
        let trail = Trail::builder("orders-api");
        Self::with(Limits::builder(), |_| trail.monitor(monitor))
    }

    /// Its trail goes to a collector and nowhere else.
    pub(crate) fn collected_by(collector: OtlpSink) -> Self {
        let trail = Trail::builder("orders-api");
        Self::with(Limits::builder(), |_| trail.otlp(collector))
    }

    fn with(limits: LimitsBuilder, trail: impl FnOnce(&Path) -> TrailBuilder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("audit.ndjson");
        let trail = trail(&audit).start().unwrap();
        let sessions = Sessions::builder(SigningKey::ed25519_pkcs8(KEY).unwrap(), KEY_ID)
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .refresh_key([7; 32])
            .grace(1)
            .build()
            .unwrap();
        let sessions = Arc::new(sessions);
        let auth = JwtAuth::builder()
            .issuer(ISSUER, sessions.key_set())
            .audience(AUDIENCE)
            .audit(&trail)
            .sessions(Arc::clone(&sessions))
            .limits(Arc::new(limits.build().unwrap()))
            .build()
            .unwrap();
        let api = OrdersApi::new(sessions, auth).unwrap();
        let routes = api.clone();
        let server = Server::start(move |config| routes.routes(config));
        Self {
            url: server.url.clone(),
            audit,
            api,
            server,
            _trail: trail,
            _folder: folder,
        }
    }

    /// Adds a user, and logs them in: the access token.
    pub(crate) async fn token(&self, name: &str, role: Role) -> SecretToken {
        let password = self.user(name, role);
        self.session(name, &password).await.0
    }

    /// Adds a user: the password.
    pub(crate) fn user(&self, name: &str, role: Role) -> SecretToken {
        self.api.users().add(name, role).unwrap()
    }

    /// A new session of a user: the access token and the refresh token.
    pub(crate) async fn session(
        &self,
        name: &str,
        password: &SecretToken,
    ) -> (SecretToken, SecretToken) {
        let body = json!({ "username": name, "password": password.expose() });
        let tokens = self.post("/login", None, &body).await;
        let token = |name: &str| SecretToken::new(tokens[name].as_str().unwrap().to_owned());
        (token("access_token"), token("refresh_token"))
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        token: Option<&SecretToken>,
        body: &Value,
    ) -> Value {
        let mut request = reqwest::Client::new()
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .body(body.to_string());
        if let Some(token) = token {
            request = request.bearer_auth(token.expose());
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Its OpenAPI document.
    pub(crate) async fn document(&self) -> Spec {
        let answer = reqwest::get(format!("{}/openapi.json", self.url))
            .await
            .unwrap();
        jwtrail_scan::spec::read(&answer.bytes().await.unwrap()).unwrap()
    }

    /// The key that signs its tokens.
    pub(crate) fn sign_key() -> jwtrail_forge::SigningKey {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(KEY);
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        jwtrail_forge::SigningKey::read(pem.as_bytes(), "EdDSA").unwrap()
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}
