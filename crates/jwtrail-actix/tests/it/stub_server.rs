//! A server of a test's own routes, to be started and killed.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};

pub(crate) struct StubServer {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl StubServer {
    /// On a port of its own, or where an earlier one was.
    pub(crate) fn start(
        address: Option<SocketAddr>,
        routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(address.unwrap_or(any)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::PayloadConfig::new(4 << 20))
                .configure(routes.clone())
        })
        .workers(1)
        .shutdown_timeout(0)
        // Who waits for an answer and goes away is seen to go.
        .h1_allow_half_closed(false)
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { address, handle }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) async fn kill(self) {
        self.handle.stop(false).await;
    }
}
