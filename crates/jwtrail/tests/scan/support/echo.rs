use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use tempfile::TempDir;

use super::Server;

/// A service that does everything wrong with a token: it sends it back, and writes it down.
pub(crate) struct Echo {
    pub(crate) url: String,
    pub(crate) log: PathBuf,
    server: Server,
    _folder: TempDir,
}

impl Echo {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("service.log");
        std::fs::write(&log, "").unwrap();
        let path = Data::new(log.clone());
        let server = Server::start(move |config| {
            config
                .app_data(path.clone())
                .default_service(web::to(answer));
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

async fn answer(request: HttpRequest, log: Data<PathBuf>) -> HttpResponse {
    let header = |name: &str| {
        let value = request
            .headers()
            .get(name)
            .map(|value| value.as_bytes().to_vec());
        String::from_utf8_lossy(&value.unwrap_or_default()).into_owned()
    };
    let credentials = header("authorization");
    let line = serde_json::json!({
        "rid": header("x-request-id"),
        "authorization": credentials,
        "query": request.query_string(),
    });
    let mut file = OpenOptions::new().append(true).open(log.get_ref()).unwrap();
    writeln!(file, "{line}").unwrap();
    if credentials.starts_with("Bearer ") && request.headers().get_all("authorization").count() == 1
    {
        HttpResponse::Ok().body(credentials)
    } else {
        HttpResponse::Unauthorized().body(format!("no: {credentials} {}", request.query_string()))
    }
}
