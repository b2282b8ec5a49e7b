//! One protected route, as the README shows it.

use std::error::Error;

use actix_web::{App, HttpServer, web};
use jwtrail_actix::verify::KeySet;
use jwtrail_actix::{AccessToken, JwtAuth, Trail};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let keys = KeySet::from_jwks(&std::fs::read("target/jwks.json")?)?;
    let trail = Trail::builder("orders-api")
        .file("target/audit.ndjson")
        .start()?;
    let auth = JwtAuth::builder()
        .issuer("https://login.example", keys)
        .audience("orders-api")
        .audit(&trail)
        .build()?;
    let server = HttpServer::new(move || {
        App::new()
            .wrap(auth.clone())
            .route("/orders", web::get().to(orders))
    });
    server.bind("127.0.0.1:8080")?.run().await?;
    trail.stop().await;
    Ok(())
}

async fn orders(token: AccessToken) -> String {
    format!("orders of {}\n", token.subject())
}

#[cfg(test)]
mod tests;
