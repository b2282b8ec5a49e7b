//! What tutorials show: jsonwebtoken in an extractor, a JSON line by tracing.

use std::future::{Ready, ready};
use std::path::Path;

use actix_web::dev::Payload;
use actix_web::error::{ErrorForbidden, ErrorInternalServerError, ErrorUnauthorized};
use actix_web::http::header::AUTHORIZATION;
use actix_web::{Error, FromRequest, HttpRequest, web};
use anyhow::Context as _;
use jsonwebtoken::{DecodingKey, Validation, decode};
use jwtrail_event::Timestamp;
use jwtrail_forge::{Algorithm, Forge};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};

pub struct Rules {
    key: DecodingKey,
    validation: Validation,
}

#[derive(serde::Deserialize)]
pub struct Claims {
    iss: String,
    sub: String,
    jti: String,
    client_id: String,
    scope: String,
    exp: i64,
}

pub async fn orders(_: Claims) -> &'static str {
    "no orders\n"
}

impl Rules {
    pub fn new(algorithm: Algorithm) -> anyhow::Result<Self> {
        let forge = Forge::new(Timestamp::from_seconds(0));
        let pem = forge.public_pem(algorithm).unwrap_or_default().as_bytes();
        let (key, algorithm) = match algorithm {
            Algorithm::Rs256 => (
                DecodingKey::from_rsa_pem(pem)?,
                jsonwebtoken::Algorithm::RS256,
            ),
            Algorithm::Es256 => (
                DecodingKey::from_ec_pem(pem)?,
                jsonwebtoken::Algorithm::ES256,
            ),
            Algorithm::EdDsa => (
                DecodingKey::from_ed_pem(pem)?,
                jsonwebtoken::Algorithm::EdDSA,
            ),
            _ => {
                let secret = DecodingKey::from_secret(forge.hmac_secret());
                (secret, jsonwebtoken::Algorithm::HS256)
            }
        };
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[forge.audience()]);
        validation.set_issuer(&[forge.issuer()]);
        Ok(Self { key, validation })
    }

    fn check(&self, request: &HttpRequest) -> Result<Claims, Error> {
        let value = request.headers().get(AUTHORIZATION);
        let value = value.and_then(|value| value.to_str().ok());
        let Some(token) = value.and_then(|value| value.strip_prefix("Bearer ")) else {
            return Err(refuse(request, "no token"));
        };
        let claims = match decode::<Claims>(token, &self.key, &self.validation) {
            Ok(decoded) => decoded.claims,
            Err(error) => return Err(refuse(request, &error.to_string())),
        };
        if !claims.scope.split(' ').any(|scope| scope == "orders:read") {
            return Err(ErrorForbidden("insufficient scope"));
        }
        tracing::info!(
            method = request.method().as_str(),
            route = request.match_pattern().as_deref(),
            iss = claims.iss,
            sub = claims.sub,
            jti = claims.jti,
            client_id = claims.client_id,
            scope = claims.scope,
            exp = claims.exp,
            "accepted"
        );
        Ok(claims)
    }
}

fn refuse(request: &HttpRequest, why: &str) -> Error {
    tracing::warn!(
        method = request.method().as_str(),
        route = request.match_pattern().as_deref(),
        error = why,
        "rejected"
    );
    ErrorUnauthorized("unauthorized")
}

impl FromRequest for Claims {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.app_data::<web::Data<Rules>>() {
            Some(rules) => rules.check(request),
            None => Err(ErrorInternalServerError("no rules")),
        })
    }
}

/// JSON lines, written by a thread of their own; none is lost, so that all are paid for.
pub fn log_to(path: &Path) -> anyhow::Result<WorkerGuard> {
    let file = std::fs::File::create(path).context("cannot create the log")?;
    let (writer, guard) = NonBlockingBuilder::default().lossy(false).finish(file);
    tracing_subscriber::fmt().json().with_writer(writer).init();
    Ok(guard)
}
