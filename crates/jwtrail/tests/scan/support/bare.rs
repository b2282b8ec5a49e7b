use std::path::PathBuf;
use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_forge::Forge;
use jwtrail_verify::{KeySet, Seed, Verifier};
use tempfile::TempDir;

use super::Server;

/// A service with the example's paths and without its middleware. Its log is a file that nobody
/// writes to.
pub(crate) struct Bare {
    pub(crate) url: String,
    pub(crate) log: PathBuf,
    server: Server,
    _folder: TempDir,
}

/// What is left in the middleware's place.
#[derive(Clone)]
pub(crate) enum Door {
    /// Nothing.
    Open,
    /// A handler that verifies the token, as tutorials do, and writes nothing down.
    Verified(Arc<Verifier>),
}

impl Door {
    /// Verifies the tokens of a forge.
    pub(crate) fn verified(forge: &Forge) -> Self {
        let verifier = Verifier::builder()
            .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks()).unwrap())
            .audience(forge.audience())
            .build(Seed::new([7; 32]));
        Self::Verified(Arc::new(verifier.unwrap()))
    }
}

impl Bare {
    pub(crate) fn start(door: Door) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("service.log");
        std::fs::write(&log, "").unwrap();
        let door = Data::new(door);
        let server = Server::start(move |config| {
            config
                .app_data(door.clone())
                .route("/orders", web::get().to(answer))
                .route("/admin/users", web::get().to(answer));
        });
        Self {
            url: server.url.clone(),
            log,
            server,
            _folder: folder,
        }
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}

async fn answer(request: HttpRequest, door: Data<Door>) -> HttpResponse {
    let Door::Verified(verifier) = door.get_ref() else {
        return HttpResponse::Ok().json(["an order"]);
    };
    let mut credentials = request.headers().get_all("authorization");
    let text = credentials.next().and_then(|value| value.to_str().ok());
    let token = text.and_then(|text| text.strip_prefix("Bearer "));
    match token {
        Some(token) if credentials.next().is_none() => {
            match verifier.verify(token, SystemClock.now()) {
                Ok(_) => HttpResponse::Ok().json(["an order"]),
                Err(_) => refused("Bearer error=\"invalid_token\""),
            }
        }
        _ => refused("Bearer"),
    }
}

fn refused(challenge: &'static str) -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header(("www-authenticate", challenge))
        .finish()
}
