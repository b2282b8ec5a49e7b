use std::path::PathBuf;

use actix_web::{HttpResponse, web};
use jwtrail_actix::{JwtAuth, Outbound, Trail};
use jwtrail_forge::Forge;
use tempfile::TempDir;

use super::Server;

/// A service whose middleware fetches its issuer's keys from an address.
pub(crate) struct Fetching {
    pub(crate) url: String,
    pub(crate) audit: PathBuf,
    server: Server,
    _trail: Trail,
    _folder: TempDir,
}

impl Fetching {
    pub(crate) fn start(forge: &Forge, address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("audit.ndjson");
        let trail = Trail::builder("fetching").file(&audit).start().unwrap();
        let client = Outbound::builder().allow_network("127.0.0.0/8".parse().unwrap());
        let auth = JwtAuth::builder()
            .issuer_jwks_url(forge.issuer(), address)
            .audience(forge.audience())
            .audit(&trail)
            .key_client(client.build().unwrap())
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
