use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Data, PayloadConfig};
use actix_web::{App, HttpResponse, HttpServer};
use tokio::time::{Instant, sleep};

/// Where alerts are expected while a scan goes on: an address for somebody's webhook.
pub(crate) struct AlertListener {
    received: Arc<AtomicU32>,
    server: ServerHandle,
}

impl AlertListener {
    pub(crate) fn start(address: SocketAddr) -> io::Result<Self> {
        let received = Arc::new(AtomicU32::new(0));
        let count = Data::from(Arc::clone(&received));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(count.clone())
                .app_data(PayloadConfig::new(MAX_ALERT))
                .default_service(web::post().to(receive))
        })
        .workers(1)
        .disable_signals()
        .bind(address)?
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self {
            received,
            server: handle,
        })
    }

    /// Waits for an alert, and closes the address; how many came.
    pub(crate) async fn finish(self, patience: Duration) -> u32 {
        let start = Instant::now();
        while self.received.load(Ordering::Relaxed) == 0 && start.elapsed() < patience {
            sleep(POLL).await;
        }
        self.server.stop(false).await;
        self.received.load(Ordering::Relaxed)
    }
}

/// What an alert says is for its reader; that one came is what counts.
async fn receive(received: Data<AtomicU32>, _: Bytes) -> HttpResponse {
    received.fetch_add(1, Ordering::Relaxed);
    HttpResponse::NoContent().finish()
}

/// In bytes.
const MAX_ALERT: usize = 1024 * 1024;
const POLL: Duration = Duration::from_millis(100);
