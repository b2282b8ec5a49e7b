use std::path::PathBuf;

use actix_web::HttpResponse;
use actix_web::web;
use jwtrail_actix::{JwtAuth, Trail};
use jwtrail_forge::Forge;
use jwtrail_verify::KeySet;
use tempfile::TempDir;

use super::Server;

/// A service whose middleware records every decision and refuses nothing.
pub(crate) struct Observing {
    pub(crate) url: String,
    pub(crate) audit: PathBuf,
    server: Server,
    _trail: Trail,
    _folder: TempDir,
}

impl Observing {
    /// Verifies the tokens of a forge.
    pub(crate) fn start(forge: &Forge) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("audit.ndjson");
        let trail = Trail::builder("observing").file(&audit).start().unwrap();
        let auth = JwtAuth::builder()
            .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks()).unwrap())
            .audience(forge.audience())
            .audit(&trail)
            .dangerous_observe_only()
            .build()
            .unwrap();
        let server = Server::start(move |config| {
            let orders = web::get().to(async || HttpResponse::Ok().json(["an order"]));
            let scope = web::scope("").wrap(auth.clone()).route("/orders", orders);
            config.service(scope);
        });
        Self {
            url: server.url.clone(),
            audit,
            server,
            _trail: trail,
            _folder: folder,
        }
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}
