//! An orders service that issues its own tokens, protected by jwtrail.
//!
//! ```text
//! cargo run -p orders-api -- 127.0.0.1:8080 audit.ndjson
//! ```
//!
//! It makes a key of its own, unless a third argument names a file with an Ed25519 key in PKCS #8.
//! It prints a user's password; `/login` takes it, `/openapi.json` describes the rest, and every
//! request to a protected route adds one line to the audit file.

use std::sync::Arc;

use actix_web::{App, HttpServer};
use jwtrail_actix::{JwtAuth, Trail};
use jwtrail_demo::orders::{AUDIENCE, KEY_ID, OrdersApi, Role};
use jwtrail_session::{Sessions, SigningKey};

const ISSUER: &str = "https://orders.example";

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let listen = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let audit_file = arguments
        .next()
        .unwrap_or_else(|| "audit.ndjson".to_owned());

    let trail = Trail::builder("orders-api").file(audit_file).start()?;
    // Keys of this process: a restart logs everybody out. Read them from a secret store instead.
    let mut refresh_key = [0; 32];
    aws_lc_rs::rand::fill(&mut refresh_key)?;
    let key = match arguments.next() {
        Some(file) => SigningKey::ed25519_pkcs8(&std::fs::read(file)?)?,
        None => SigningKey::generate_ed25519()?,
    };
    let sessions = Sessions::builder(key, KEY_ID)
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .refresh_key(refresh_key)
        .build()?;
    let sessions = Arc::new(sessions);
    let auth = JwtAuth::builder()
        .issuer(ISSUER, sessions.key_set())
        .audience(AUDIENCE)
        .audit(&trail)
        .sessions(Arc::clone(&sessions))
        .build()?;

    let orders = OrdersApi::new(sessions, auth)?;
    let routes = orders.clone();
    let server = HttpServer::new(move || App::new().configure(|config| routes.routes(config)));
    let server = server.bind(listen)?;
    // With port 0 only the server knows which one it has.
    for address in server.addrs() {
        show_login(&orders, &address.to_string())?;
    }
    server.run().await?;
    trail.stop().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example talks to whoever runs it")]
fn show_login(orders: &OrdersApi, listen: &str) -> anyhow::Result<()> {
    let password = orders.users().add("ada", Role::Customer)?;
    println!("http://{listen}/openapi.json describes the service; log in like this:");
    println!(
        "curl http://{listen}/login --json '{{\"username\":\"ada\",\"password\":\"{}\"}}'",
        password.expose()
    );
    Ok(())
}
