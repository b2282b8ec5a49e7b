use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use jwtrail_actix::{JwtAuth, MonitorSink, QuarantineList, SystemClock, Trail};
use jwtrail_event::{Clock, SecretToken};
use jwtrail_monitor::{Monitor, MonitorConfig, RuleResponse, RunningMonitor};
use jwtrail_session::{Sessions, SigningKey};
use tokio::task::JoinHandle;

use crate::ledger::Ledger;
use crate::monitor_api::MonitorApi;
use crate::options::ExternalMonitor;
use crate::orders::{AUDIENCE, KEY_ID, OrdersApi, OrdersError};
use crate::run_id::RunId;
use crate::stage::Stage;
use crate::{DemoError, DemoOptions, Progress};

/// Everything that runs: the monitor, unless it is somebody else's, and the service.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) stage: Stage,
    /// The service's name among all that write to the monitor.
    pub(crate) instance: String,
    monitor: Watcher,
    trail: Trail,
    server: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
    // Removed when it is dropped.
    _folder: Option<tempfile::TempDir>,
}

#[derive(Debug)]
enum Watcher {
    Own(Box<RunningMonitor>),
    External(ExternalMonitor),
}

impl World {
    pub(crate) async fn start(
        options: &DemoOptions,
        ledger: fn(RunId) -> Ledger,
    ) -> Result<Self, DemoError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let run = RunId::random();
        let (path, folder) = match &options.data {
            Some(path) => (path.clone(), None),
            None => {
                let folder = tempfile::tempdir().map_err(DemoError::Folder)?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let monitor = Watcher::start(options, &path.join("monitor"), &clock).await?;
        options.listener.tell(&Progress::Monitor {
            url: monitor.url(),
            login_link: monitor.login_link()?,
        });

        let instance = format!("demo-{run}");
        let spool = path.join(format!("spool-{run}"));
        let sink = MonitorSink::new(&monitor.url(), monitor.producer_credential()?, spool);
        let trail = Trail::builder(SERVICE)
            .version(env!("CARGO_PKG_VERSION"))
            .instance(&instance)
            .monitor(sink)
            .start()
            .map_err(OrdersError::Trail)?;
        let list = QuarantineList::from_monitor(&monitor.url(), monitor.producer_credential()?)
            .start()
            .map_err(OrdersError::Quarantine)?;
        let orders = protected(&trail, &list)?;
        let routes = orders.clone();
        let server = HttpServer::new(move || App::new().configure(|config| routes.routes(config)))
            .workers(WORKERS)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .map_err(OrdersError::Listen)?;
        let port = server.addrs().first().map_or(0, std::net::SocketAddr::port);
        let url = format!("http://127.0.0.1:{port}");
        let server = server.run();
        let handle = server.handle();
        let serving = tokio::spawn(server);
        options
            .listener
            .tell(&Progress::Service { url: url.clone() });
        Ok(Self {
            stage: Stage::new(run, clock, ledger(run), orders, (&url, monitor.responds()))?,
            instance,
            monitor,
            trail,
            server: handle,
            serving,
            _folder: folder,
        })
    }

    /// A way to ask the monitor. The token of an own one is new each time.
    pub(crate) fn monitor(&self) -> Result<MonitorApi, DemoError> {
        let token = match &self.monitor {
            Watcher::Own(monitor) => monitor.access_token()?,
            Watcher::External(external) => external.access_token.clone(),
        };
        MonitorApi::new(&self.monitor.url(), token)
    }

    /// Gets what the service recorded so far onto its way.
    pub(crate) async fn flush(&self) {
        self.trail.flush().await;
    }

    /// Ends all of it, the service first.
    pub(crate) async fn stop(self) -> Result<(), DemoError> {
        self.server.stop(true).await;
        let served = self.serving.await.map_err(io::Error::other);
        self.trail.stop().await;
        if let Watcher::Own(monitor) = self.monitor {
            monitor.stop().await;
        }
        served.flatten().map_err(DemoError::Serving)
    }
}

impl Watcher {
    async fn start(
        options: &DemoOptions,
        data: &Path,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, DemoError> {
        if let Some(external) = &options.monitor {
            return Ok(Self::External(external.clone()));
        }
        let loopback = ([127, 0, 0, 1], 0).into();
        let mut config = MonitorConfig::new(loopback, data);
        // Played again and again for hours: its bounds must not end the show.
        config.responses.breaker_least = AT_ONCE;
        let response = RuleResponse::new(Duration::from_secs(60 * 60), AT_ONCE);
        let rules = &mut config.responses.rules;
        rules.insert("family-shared".to_owned(), response);
        let clock = Arc::clone(clock);
        // It opens a database, and blocks meanwhile.
        let started = tokio::task::spawn_blocking(move || Monitor::start(config, clock)).await;
        let monitor = started.map_err(|ended| DemoError::Serving(io::Error::other(ended)))??;
        Ok(Self::Own(Box::new(monitor)))
    }

    /// An own one was told to hold a session that is shared; of another one nothing is known.
    const fn responds(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    fn url(&self) -> String {
        match self {
            Self::Own(monitor) => monitor.url().to_owned(),
            Self::External(external) => external.url.trim_end_matches('/').to_owned(),
        }
    }

    fn login_link(&self) -> Result<Option<String>, DemoError> {
        match self {
            Self::Own(monitor) => Ok(Some(monitor.login_link()?)),
            Self::External(_) => Ok(None),
        }
    }

    fn producer_credential(&self) -> Result<SecretToken, DemoError> {
        match self {
            Self::Own(monitor) => Ok(monitor.producer_credential(SERVICE, &[SERVICE])?),
            Self::External(external) => Ok(external.producer_credential.clone()),
        }
    }
}

/// The example service, protected, with loopback as its trusted proxy: only here, so that
/// every client can come from an address of its own.
fn protected(trail: &Trail, list: &QuarantineList) -> Result<OrdersApi, OrdersError> {
    let mut refresh_key = [0; 32];
    aws_lc_rs::rand::fill(&mut refresh_key).map_err(|_| OrdersError::Randomness)?;
    let sessions = Sessions::builder(SigningKey::generate_ed25519()?, KEY_ID)
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .refresh_key(refresh_key)
        .build()?;
    let sessions = Arc::new(sessions);
    let auth = JwtAuth::builder()
        .issuer(ISSUER, sessions.key_set())
        .audience(AUDIENCE)
        .audit(trail)
        .sessions(Arc::clone(&sessions))
        .quarantine(list)
        .trusted_proxies([IpAddr::V4(Ipv4Addr::LOCALHOST).into()])
        .build()?;
    OrdersApi::new(sessions, auth)
}

const SERVICE: &str = "orders-api";
const ISSUER: &str = "https://login.orders.example";
const WORKERS: usize = 2;
/// Tokens that are held within an hour.
const AT_ONCE: u32 = 1_000;
