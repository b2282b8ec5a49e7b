//! An orders service that issues its own tokens, protected by jwtrail.
//!
//! ```text
//! cargo run -p orders-api -- 127.0.0.1:8080 audit.ndjson '' orders-api.toml
//! ```
//!
//! It makes a key of its own, unless a third argument names a file with an Ed25519 key in PKCS #8,
//! or the configuration has keys.
//! It prints a user's password; `/login` takes it, `/openapi.json` describes the rest, and every
//! request to a protected route adds one line to the audit file. The fourth argument is the
//! [configuration](config::Config): with a Redis several processes share sessions, limits and used DPoP
//! proofs.

mod config;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer};
use jwtrail_actix::{Dpop, JwtAuth, Trail};
use jwtrail_demo::orders::{AUDIENCE, KEY_ID, OrdersApi, Role};
use jwtrail_session::{
    Limits, Redis, RedisLimits, RedisProofs, RedisState, Sessions, SessionsBuilder, SigningKey,
};

use config::{Config, LimitsWhenDown};

const ISSUER: &str = "https://orders.example";

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |or: &str| arguments.next().unwrap_or_else(|| or.to_owned());
    let listen = argument("127.0.0.1:8080");
    let trail = Trail::builder("orders-api")
        .file(argument("audit.ndjson"))
        .start()?;
    let (key_file, config_file) = (argument(""), argument(""));
    let config = match config_file.as_str() {
        "" => Config::default(),
        file => Config::read(Path::new(file))?,
    };

    let mut sessions = sessions(&config, &key_file)?;
    let mut limits = limits(&config.limits);
    let mut dpop = config.dpop.as_ref().map(dpop);
    if let Some(config) = &config.redis {
        let mut redis = Redis::builder(&config.address.text()?).prefix("orders");
        if let Some(deadline) = config.deadline_ms {
            redis = redis.deadline(Duration::from_millis(deadline));
        }
        if config.dangerous_plaintext {
            redis = redis.dangerous_plaintext();
        }
        let redis = redis.build()?;
        let key = config.key.key()?;
        sessions = sessions.state(Arc::new(RedisState::new(&redis, key)?));
        limits = limits.shared(Arc::new(RedisLimits::new(&redis)), key);
        let proofs = Arc::new(RedisProofs::new(&redis, key)?);
        dpop = dpop.map(|dpop| dpop.proofs(proofs));
    }
    let sessions = Arc::new(sessions.build()?);
    let mut issuers = JwtAuth::builder().issuer(ISSUER, sessions.key_set());
    for issuer in &config.issuer_discovery {
        issuers = issuers.issuer_discovery(issuer);
    }
    let mut auth = issuers
        .audience(AUDIENCE)
        .audit(&trail)
        .sessions(Arc::clone(&sessions))
        .limits(Arc::new(limits.build()?));
    if config
        .redis
        .is_some_and(|redis| redis.limits_when_down == LimitsWhenDown::CountLocally)
    {
        auth = auth.local_limits_when_shared_are_down();
    }
    if let Some(dpop) = dpop {
        auth = auth.dpop(dpop);
    }

    let orders = OrdersApi::new(sessions, auth.build()?)?;
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

fn sessions(config: &Config, key_file: &str) -> anyhow::Result<SessionsBuilder> {
    let (key, refresh) = match &config.keys {
        Some(keys) => (
            SigningKey::hs256(&keys.signing.key()?)?,
            keys.refresh.key()?,
        ),
        None => {
            // Keys of this process: a restart logs everybody out.
            let mut refresh = [0; 32];
            aws_lc_rs::rand::fill(&mut refresh)?;
            let key = match key_file {
                "" => SigningKey::generate_ed25519()?,
                file => SigningKey::ed25519_pkcs8(&std::fs::read(file)?)?,
            };
            (key, refresh)
        }
    };
    Ok(Sessions::builder(key, KEY_ID)
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .refresh_key(refresh))
}

fn limits(config: &config::Limits) -> jwtrail_session::LimitsBuilder {
    let mut limits = Limits::builder();
    if let Some(rate) = config.per_subject {
        limits = limits.per_subject(rate.quota());
    }
    if let Some(rate) = config.per_token {
        limits = limits.per_token(rate.quota());
    }
    if let Some(rate) = config.refreshes_per_subject {
        limits = limits.refreshes_per_subject(rate.quota());
    }
    for (route, rate) in &config.routes {
        limits = limits.route(route, rate.quota());
    }
    limits
}

fn dpop(config: &config::Dpop) -> Dpop {
    let dpop = Dpop::at(&config.origin);
    if config.required {
        return dpop.required();
    }
    dpop
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
