use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use tempfile::TempDir;

/// A service that does everything wrong with a token: it sends it back, and writes it down.
pub(crate) struct Echo {
    pub(crate) url: String,
    pub(crate) log: PathBuf,
    server: ServerHandle,
    _folder: TempDir,
}

impl Echo {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("service.log");
        std::fs::write(&log, "").unwrap();
        let path = Data::new(log.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(path.clone())
                .default_service(web::to(answer))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            url,
            log,
            server: handle,
            _folder: folder,
        }
    }

    pub(crate) async fn stop(self) {
        self.server.stop(true).await;
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
