//! The orders service with the middleware taken out: what `jwtrail scan` says of it, and why.
//!
//! ```text
//! cargo run -p orders-api --bin orders-bare -- 127.0.0.1:8080
//! ```

use actix_web::web::{self, Json, Path};
use actix_web::{App, HttpServer, Responder};

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let listen = std::env::args().nth(1);
    let listen = listen.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let server = HttpServer::new(|| {
        App::new()
            .route("/orders", web::get().to(orders))
            .route("/orders/{id}", web::get().to(order))
    });
    let server = server.bind(listen)?;
    show(&server.addrs());
    server.run().await?;
    Ok(())
}

async fn orders() -> impl Responder {
    Json(Vec::<u64>::new())
}

async fn order(id: Path<u64>) -> impl Responder {
    Json(id.into_inner())
}

#[expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]
fn show(addresses: &[std::net::SocketAddr]) {
    for address in addresses {
        println!("http://{address}/orders answers anybody");
    }
}
