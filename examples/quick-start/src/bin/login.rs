//! A login in the place of yours: it makes a key, writes its public half to `target/jwks.json`
//! and a token of one hour to `target/token`.
//!
//! The private half ends with it: after a second run the service has to be started anew.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_session::{Grant, Sessions, SigningKey};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut refresh_key = [0; 32];
    aws_lc_rs::rand::fill(&mut refresh_key)?;
    let sessions = Sessions::builder(SigningKey::generate_ed25519()?, "example-1")
        .issuer("https://login.example")
        .audience("orders-api")
        .access_lifetime(60 * 60)
        .refresh_key(refresh_key)
        .build()?;
    let grant = Grant::new("alice", "web").scope("orders:read");
    let issued = sessions.issue(grant, SystemClock.now()).await?;
    let jwks = sessions.public_jwks().ok_or("the key has no public half")?;

    fs::create_dir_all("target")?;
    fs::write("target/jwks.json", jwks)?;
    let token = issued.access.token.expose();
    private("target/token")?.write_all(token.as_bytes())?;
    Ok(())
}

/// A file that only its owner reads: whoever has the token is alice.
fn private(path: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)
}
