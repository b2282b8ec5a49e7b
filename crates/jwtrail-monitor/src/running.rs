use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use jwtrail_actix::Trail;
use jwtrail_event::SecretToken;
use tokio::sync::oneshot;

use crate::core::Core;
use crate::quarantine::By;
use crate::rules::{Request, Wish};
use crate::{MonitorConfig, MonitorError};

/// A monitor that runs. Call [`stop`](Self::stop) before the process ends.
///
/// Dropping it instead ends it like a crash: what was acknowledged stays, what it was about
/// to keep for a faster start is made again from the log.
pub struct RunningMonitor {
    parts: Option<Parts>,
    address: SocketAddr,
    url: String,
    pub(crate) threads: Vec<(&'static str, JoinHandle<()>)>,
    pub(crate) server: Option<ServerHandle>,
}

struct Parts {
    core: Arc<Core>,
    trail: Trail,
}

impl RunningMonitor {
    pub(crate) fn new(
        core: Arc<Core>,
        trail: Trail,
        address: SocketAddr,
        config: &MonitorConfig,
    ) -> Self {
        let own = || format!("http://{address}");
        Self {
            parts: Some(Parts { core, trail }),
            address,
            url: config.public_url.clone().unwrap_or_else(own),
            threads: Vec::new(),
            server: None,
        }
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin that browsers see.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A link that logs in whoever opens it first, for an hour.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn login_link(&self) -> Result<String, MonitorError> {
        let core = self.core()?;
        let code = core.sign_in.code(core.clock.now())?;
        Ok(format!("{}/#login={code}", self.url))
    }

    /// A bearer token for the API, of an admin, for twelve hours.
    ///
    /// # Errors
    /// When it can't be minted.
    pub fn access_token(&self) -> Result<SecretToken, MonitorError> {
        let core = self.core()?;
        Ok(core.sign_in.access("cli", core.clock.now())?.token)
    }

    /// Lets a producer write as these services, besides those that it has already. Its
    /// credential is the same each time and after a restart.
    ///
    /// # Errors
    /// When a name can't be used, or the data directory can't be written.
    pub fn producer_credential(
        &self,
        name: &str,
        services: &[&str],
    ) -> Result<SecretToken, MonitorError> {
        self.core()?.producers.register(name, services, true)
    }

    /// The same for a producer whose records were converted from another system's log: they are
    /// watched, and no rule puts a token under quarantine because of them.
    ///
    /// # Errors
    /// When a name can't be used, or the data directory can't be written.
    pub fn imported_producer_credential(
        &self,
        name: &str,
        services: &[&str],
    ) -> Result<SecretToken, MonitorError> {
        self.core()?.producers.register(name, services, false)
    }

    /// Reads the files of the rules again, soon. What they change comes into force by the log; what
    /// is wrong with them is told by the log and on the page of the health, and then the rules in
    /// force stay.
    ///
    /// # Errors
    /// When the monitor has stopped.
    pub fn reload_rules(&self) -> Result<(), MonitorError> {
        // No room: enough have asked for the same.
        self.core()?.rules.ask(Request {
            by: By::configuration("reload"),
            wish: Wish::Reload,
            answer: None,
        });
        Ok(())
    }

    /// Ends it: requests under way are answered, positions and snapshots kept, the data
    /// directory given free.
    pub async fn stop(mut self) {
        let Some(Parts { core, trail }) = self.parts.take() else {
            return;
        };
        core.stopped.send_replace(true);
        if let Some(server) = self.server.take() {
            server.stop(true).await;
        }
        trail.stop().await;
        core.stop.stop();
        core.responses.wake();
        let threads = std::mem::take(&mut self.threads);
        let (done, ended) = oneshot::channel();
        let joiner = std::thread::Builder::new().spawn(move || {
            join(threads);
            drop((core, trail));
            // Nobody waits any longer when the caller has given up.
            done.send(()).ok();
        });
        if joiner.is_ok() {
            // An error means that the joiner has ended.
            drop(ended.await);
        }
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.url.starts_with("https://")
    }

    fn core(&self) -> Result<&Arc<Core>, MonitorError> {
        let parts = self.parts.as_ref();
        Ok(&parts.ok_or(MonitorError::Stopped)?.core)
    }
}

impl Drop for RunningMonitor {
    fn drop(&mut self) {
        let Some(Parts { core, trail }) = self.parts.take() else {
            return;
        };
        core.crashing.store(true, Ordering::Release);
        core.stopped.send_replace(true);
        core.stop.stop();
        core.responses.wake();
        if let Some(server) = self.server.take() {
            // The command goes out at once; the future only waits for its end.
            drop(server.stop(false));
        }
        join(std::mem::take(&mut self.threads));
        drop(trail);
    }
}

fn join(threads: Vec<(&'static str, JoinHandle<()>)>) {
    for (_, handle) in threads {
        // A thread that panicked has said so when it did.
        drop(handle.join());
    }
}

impl fmt::Debug for RunningMonitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningMonitor")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
