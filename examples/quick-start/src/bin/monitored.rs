//! The protected route again, with a monitor on this machine: it gets the trail, and what its
//! operators put under quarantine is refused.

use std::error::Error;

use actix_web::{App, HttpServer, web};
use jwtrail_actix::verify::KeySet;
use jwtrail_actix::{AccessToken, JwtAuth, MonitorSink, QuarantineList, SecretToken, Trail};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let keys = KeySet::from_jwks(&std::fs::read("target/jwks.json")?)?;
    let url = "http://127.0.0.1:7780";
    let credential = std::fs::read_to_string("target/monitor/credentials/orders-api")?;
    let monitor = MonitorSink::new(url, SecretToken::new(credential.clone()), "target/spool");
    let trail = Trail::builder("orders-api").monitor(monitor).start()?;
    let quarantine = QuarantineList::from_monitor(url, SecretToken::new(credential))
        .cache_file("target/quarantine.json")
        .start()?;
    let auth = JwtAuth::builder()
        .issuer("https://login.example", keys)
        .audience("orders-api")
        .audit(&trail)
        .quarantine(&quarantine)
        .build()?;
    let server = HttpServer::new(move || {
        App::new()
            .wrap(auth.clone())
            .route("/orders", web::get().to(orders))
    });
    server.bind("127.0.0.1:8081")?.run().await?;
    trail.stop().await;
    Ok(())
}

async fn orders(token: AccessToken) -> String {
    format!("orders of {}\n", token.subject())
}
