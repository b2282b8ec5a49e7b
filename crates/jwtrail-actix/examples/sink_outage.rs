//! What a protected request takes while the trail's receivers are well, dead and deaf, in turns:
//! prints one JSON object with the 50th and 99th percentiles in microseconds. An argument says
//! how many requests each turn has.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{sleep, spawn};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use jwtrail_actix::{AccessToken, JwtAuth, MonitorSink, OtlpSink, SystemClock, Trail};
use jwtrail_event::{Clock as _, SecretToken};
use jwtrail_forge::{Algorithm, Forge};
use jwtrail_testkit::free_address;
use jwtrail_verify::{Algorithm as Verified, Key, KeySet};
use tokio::time::Instant;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let requests: usize = match std::env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 2_000,
    };
    let spools = tempfile::tempdir()?;
    let receiver: SocketAddr = free_address()?;
    let url = format!("http://{receiver}");
    let producer = SecretToken::new("the producer".to_owned());
    let trail = Trail::builder("orders-api")
        .file(spools.path().join("audit.ndjson"))
        .monitor(MonitorSink::new(
            &url,
            producer,
            spools.path().join("monitor"),
        ))
        .otlp(OtlpSink::http(&url, spools.path().join("collector")))
        .start()?;
    let forge = Forge::new(SystemClock.now());
    let pem = forge.public_pem(Algorithm::Es256).ok_or("no key")?;
    let key = Key::public_pem(Verified::Es256, pem, Some(Algorithm::Es256.kid()))?;
    let auth = JwtAuth::builder()
        .issuer(forge.issuer(), KeySet::new(vec![key])?)
        .audience(forge.audience())
        .audit(&trail)
        .build()?;
    let (address, service) = serve("127.0.0.1:0".parse()?, move |config| {
        config.service(
            web::scope("")
                .wrap(auth.clone())
                .route("/orders/{id}", web::get().to(order)),
        );
    })?;
    let token = forge.token().algorithm(Algorithm::Es256).sign();
    let mut client = Client::connect(address, &token)?;
    let mut measured = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..TURNS {
        let (came, comes) = channel();
        let well = serve(receiver, move |config| takes_everything(config, &came))?.1;
        // They may be waited for a while after an outage; then what had to wait comes at once.
        let mut awaited = vec![Path::Monitor, Path::Collector];
        while !awaited.is_empty() {
            let path = comes.recv_timeout(PATIENCE)?;
            awaited.retain(|awaited| *awaited != path);
        }
        client.measure(requests, &mut Vec::new())?;
        client.measure(requests, &mut measured[0])?;
        stop(well);
        client.measure(requests, &mut measured[1])?;
        let deaf = TcpListener::bind(receiver)?;
        client.measure(requests, &mut measured[2])?;
        drop(deaf);
    }
    // Before the end it has to be known that nothing was lost for it.
    let dropped = trail.counts().dropped;
    stop(service);
    let [well, dead, deaf] = measured.map(|mut micros| {
        micros.sort_unstable();
        let at = |share: usize| micros.get(micros.len() * share / 100).copied();
        serde_json::json!({ "p50_us": at(50), "p99_us": at(99), "requests": micros.len() })
    });
    let report =
        serde_json::json!({ "well": well, "dead": dead, "deaf": deaf, "dropped": dropped });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

async fn order(token: AccessToken) -> String {
    format!("{} has one", token.subject())
}

/// A monitor and a collector alike, which tell that something came.
fn takes_everything(config: &mut web::ServiceConfig, came: &Sender<Path>) {
    let route = |path: Path, body: &'static str| {
        let came = came.clone();
        web::post().to(move |_: web::Bytes| {
            // An error means that nobody waits for it any more.
            came.send(path).ok();
            async move { HttpResponse::Ok().body(body) }
        })
    };
    let accepted = r#"{"accepted":1,"rejected":[]}"#;
    config
        .app_data(web::PayloadConfig::new(8 << 20))
        .route("/api/v1/events", route(Path::Monitor, accepted))
        .route("/v1/logs", route(Path::Collector, ""));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Path {
    Monitor,
    Collector,
}

/// A server on a thread of its own.
fn serve(
    address: SocketAddr,
    routes: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> Result<(SocketAddr, ServerHandle), Failure> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let (told, handle) = channel();
    spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(routes.clone()))
                .workers(1)
                .disable_signals()
                .shutdown_timeout(0)
                .listen(listener)?
                .run();
            told.send(server.handle()).map_err(std::io::Error::other)?;
            server.await
        })
    });
    Ok((address, handle.recv()?))
}

fn stop(server: ServerHandle) {
    actix_web::rt::System::new().block_on(server.stop(false));
}

/// One request after the other over one connection.
struct Client {
    stream: TcpStream,
    request: Arc<[u8]>,
    length: usize,
}

impl Client {
    fn connect(address: SocketAddr, token: &SecretToken) -> Result<Self, Failure> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let authorization = format!("authorization: Bearer {}", token.expose());
        let request = format!("GET /orders/7 HTTP/1.1\r\nhost: orders\r\n{authorization}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer)?;
        if !answer.starts_with(b"HTTP/1.1 200") {
            return Err(String::from_utf8_lossy(&answer).into());
        }
        let request = request.into_bytes().into();
        Ok(Self {
            stream,
            request,
            length,
        })
    }

    fn measure(&mut self, requests: usize, micros: &mut Vec<u64>) -> Result<(), Failure> {
        let mut answer = vec![0; self.length];
        for _ in 0..requests {
            let begun = Instant::now();
            self.stream.write_all(&self.request)?;
            // Each answer is as long as the first.
            self.stream.read_exact(&mut answer)?;
            micros.push(u64::try_from(begun.elapsed().as_micros())?);
            // Not as fast as it can: the disk and the receivers share the machine.
            sleep(PAUSE);
        }
        Ok(())
    }
}

const TURNS: usize = 10;
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_micros(100);
