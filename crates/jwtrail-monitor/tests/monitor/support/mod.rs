//! What the tests share: a monitor in a directory of its own, a client, events, a webhook.

mod client;
mod events;
mod postbox;
mod webhook;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use jwtrail_event::{SecretToken, Timestamp};
use jwtrail_monitor::{Monitor, MonitorConfig, RunningMonitor};
use jwtrail_testkit::TestClock;
use tempfile::TempDir;

pub(crate) use client::{Answer, Client};
pub(crate) use events::{decision, fixture, lines, reused};
pub(crate) use postbox::Postbox;
pub(crate) use webhook::{Delivery, Hook, PlainClient};

/// A monitor under test, with the clock that it goes by.
pub(crate) struct Bench {
    pub(crate) monitor: RunningMonitor,
    pub(crate) client: Client,
    pub(crate) clock: TestClock,
    directory: Arc<TempDir>,
}

impl Bench {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(change: impl FnOnce(&mut MonitorConfig)) -> Self {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        Self::open(directory, TestClock::new(now()), change)
    }

    fn open(
        directory: Arc<TempDir>,
        clock: TestClock,
        change: impl FnOnce(&mut MonitorConfig),
    ) -> Self {
        let mut config = config(directory.path());
        change(&mut config);
        let monitor = Monitor::start(config, Arc::new(clock.clone())).unwrap();
        let token = monitor.access_token().unwrap();
        Self {
            client: Client::new(monitor.address()).bearer(token.expose()),
            monitor,
            clock,
            directory,
        }
    }

    /// The credential of a producer that writes as the service of the fixtures.
    pub(crate) fn producer(&self) -> SecretToken {
        self.monitor
            .producer_credential("orders", &["orders-api"])
            .unwrap()
    }

    /// Posts events as that producer; the answer must be 200.
    pub(crate) fn post(&self, body: &str) -> serde_json::Value {
        let answer = self.ingest(body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Posts events as another producer, whose times are its own.
    pub(crate) fn post_as(&self, name: &str, body: &str) -> serde_json::Value {
        let credential = self.monitor.producer_credential(name, &["orders-api"]);
        let producer = self.anonymous().bearer(credential.unwrap().expose());
        let answer = producer.post("/api/v1/events", body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Sets what it is written to, to see what a start makes of it.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn ingest(&self, body: &str) -> Answer {
        let producer = self.anonymous().bearer(self.producer().expose());
        producer.post("/api/v1/events", body)
    }

    /// All events of this name, newest first.
    pub(crate) fn events_named(&self, name: &str) -> Vec<serde_json::Value> {
        let mut named = Vec::new();
        let mut before = u64::MAX;
        // Every question of a test is an event as well: there may be many pages.
        loop {
            let path = format!("/api/v1/events?limit=1000&before={before}");
            let page = self.fresh().get(&path).json();
            let events = page["events"].as_array().unwrap().iter();
            named.extend(events.filter(|event| event["event"] == name).cloned());
            match page["next_before"].as_u64() {
                Some(next) => before = next,
                None => return named,
            }
        }
    }

    /// A client with a token of this moment.
    pub(crate) fn fresh(&self) -> Client {
        let token = self.monitor.access_token().unwrap();
        self.anonymous().bearer(token.expose())
    }

    /// A client without a token.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(self.monitor.address())
    }

    /// Stops it cleanly and starts it again on the same directory.
    pub(crate) fn restart(self, change: impl FnOnce(&mut MonitorConfig)) -> Self {
        let Self {
            monitor,
            clock,
            directory,
            ..
        } = self;
        stop(monitor);
        Self::open(directory, clock, change)
    }

    /// Stops it cleanly; where it was, and what a producer had for it.
    pub(crate) fn stop(self) -> (SocketAddr, SecretToken) {
        let was = (self.monitor.address(), self.producer());
        stop(self.monitor);
        was
    }

    /// Starts one on a directory that another had.
    pub(crate) fn reopen(directory: Arc<TempDir>, clock: TestClock) -> Self {
        Self::open(directory, clock, |_| {})
    }

    /// Stops it cleanly; what holds its directory.
    pub(crate) fn stop_and_keep(self) -> Arc<TempDir> {
        stop(self.monitor);
        self.directory
    }

    /// Lets it crash and starts it again on the same directory.
    pub(crate) fn crash(self, change: impl FnOnce(&mut MonitorConfig)) -> Self {
        let Self {
            monitor,
            clock,
            directory,
            ..
        } = self;
        drop(monitor);
        Self::open(directory, clock, change)
    }
}

pub(crate) fn config(directory: &Path) -> MonitorConfig {
    let mut config = MonitorConfig::new("127.0.0.1:0".parse().unwrap(), directory.join("data"));
    // The test's disk may be as full as it likes.
    config.limits.disk_reserve = 0;
    config.limits.webhook_backoff = std::time::Duration::from_millis(5);
    config.limits.webhook_backoff_max = std::time::Duration::from_millis(20);
    config
}

pub(crate) fn stop(monitor: RunningMonitor) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(monitor.stop());
}

/// For tests whose clock leaps: the monitor's own heartbeats go by the machine's time, and one that
/// comes late is an alert of its own.
pub(crate) fn without_heartbeats(config: &mut MonitorConfig) {
    config.disabled_rules.push("audit-gap".to_owned());
}

/// Shortly after the fixtures were written.
pub(crate) fn now() -> Timestamp {
    "2026-03-02T09:30:00Z".parse().unwrap()
}
