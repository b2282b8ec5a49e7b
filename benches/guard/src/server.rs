//! The servers to compare: the same handler behind different protections, one worker.

use std::future::Future;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::{App, HttpServer, web};
use anyhow::Context as _;
use jwtrail_actix::Trail;
use jwtrail_forge::Algorithm;

use crate::{protected, tutorial};

/// Runs a server on a free port, which it says on stdout, until stdin ends.
macro_rules! run {
    ($app:expr) => {{
        let server = HttpServer::new($app)
            .workers(1)
            .keep_alive(PATIENCE)
            .client_request_timeout(PATIENCE)
            .disable_signals()
            .bind(("127.0.0.1", 0))?;
        let address = *server.addrs().first().context("no address")?;
        let server = server.run();
        let handle = server.handle();
        until_stdin_ends(address, server, move || handle.stop(true)).await
    }};
}

pub fn serve(variant: &str, algorithm: Algorithm, log: &Path) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async {
        match variant {
            "bare" => bare().await,
            "noop" => noop().await,
            "tutorial_log" => tutorial_log(algorithm, log).await,
            "verify_audit" => audited(algorithm, log, 0).await,
            "cache_audit" => audited(algorithm, log, CACHE).await,
            other => anyhow::bail!("no variant is called `{other}`"),
        }
    })
}

async fn orders() -> &'static str {
    "no orders\n"
}

/// Where a profile is cut: the callgrind run dumps its counters whenever this is entered.
#[inline(never)]
fn guard_bench_mark(number: u64) -> u64 {
    std::hint::black_box(number)
}

fn mark() -> actix_web::Resource {
    let mark = async || guard_bench_mark(1).to_string();
    web::resource("/mark").route(web::get().to(mark))
}

async fn bare() -> anyhow::Result<()> {
    run!(|| {
        let orders = web::resource("/orders").route(web::get().to(orders));
        App::new().service(mark()).service(orders)
    })
}

async fn noop() -> anyhow::Result<()> {
    run!(|| {
        let orders = web::resource("/orders").wrap_fn(|request, service| {
            let answered = service.call(request);
            async move { answered.await }
        });
        let orders = orders.route(web::get().to(self::orders));
        App::new().service(mark()).service(orders)
    })
}

async fn tutorial_log(algorithm: Algorithm, log: &Path) -> anyhow::Result<()> {
    let _flushed_at_the_end = tutorial::log_to(log)?;
    let rules = web::Data::new(tutorial::Rules::new(algorithm)?);
    run!(move || {
        let orders = web::resource("/orders").route(web::get().to(tutorial::orders));
        let app = App::new().app_data(rules.clone());
        app.service(mark()).service(orders)
    })
}

async fn audited(algorithm: Algorithm, log: &Path, cached: usize) -> anyhow::Result<()> {
    let trail = Trail::builder("orders-api")
        .version("1.4.0")
        .file(log)
        .start()?;
    let auth = protected::auth(algorithm, &trail, cached).await?;
    let ended: anyhow::Result<()> = run!(move || {
        let orders = web::resource("/orders").wrap(auth.require("orders:read"));
        let orders = orders.route(web::get().to(self::orders));
        App::new().service(mark()).service(orders)
    });
    ended?;
    trail.stop().await;
    Ok(())
}

async fn until_stdin_ends<S: Future<Output = ()> + Send + 'static>(
    address: std::net::SocketAddr,
    server: impl Future<Output = std::io::Result<()>>,
    stop: impl FnOnce() -> S,
) -> anyhow::Result<()> {
    println!("{address}");
    std::io::stdout().flush()?;
    let stopped = async {
        let read =
            actix_web::rt::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        let read = read.await;
        stop().await;
        read
    };
    let (served, read) = futures_util::future::join(server, stopped).await;
    served?;
    read??;
    Ok(())
}

/// Enough for a server under callgrind.
const PATIENCE: Duration = Duration::from_secs(900);
/// Room for all of the load's tokens.
const CACHE: usize = 16_384;
