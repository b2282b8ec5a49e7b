//! A service that trusts an issuer whose keys it fetches.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use futures_util::future::join_all;
use jwtrail_actix::{AccessToken, JwtAuth, Outbound, ProtectBuilder, Trail, WriterSink};
use jwtrail_event::{CacheUse, EventName, Reason, Record, SecretToken, Timestamp};
use jwtrail_forge::Forge;
use jwtrail_testkit::{AuditCompliance, CapturedLines, TestClock};
use jwtrail_verify::NoAudience;

use crate::client::{Answer, Call};
use crate::logs::logs;
use crate::monitor_stub::within;
use crate::server::{NOW, many_failures};

pub(crate) struct Protected {
    pub(crate) forge: Forge,
    pub(crate) clock: TestClock,
    address: SocketAddr,
    trail: Trail,
    auth: JwtAuth,
    captured: CapturedLines,
    handle: ServerHandle,
    sent: Mutex<Vec<SecretToken>>,
    decisions: AtomicUsize,
}

pub(crate) fn forge() -> Forge {
    Forge::new(Timestamp::from_seconds(NOW))
}

/// What may reach the test's issuers.
pub(crate) fn client() -> Outbound {
    let builder = Outbound::builder().allow_network("127.0.0.0/8".parse().unwrap());
    builder.build().unwrap()
}

impl Protected {
    /// Two workers, so that what they share is shared.
    pub(crate) fn start(
        forge: Forge,
        issuers: impl FnOnce(ProtectBuilder<NoAudience>) -> ProtectBuilder<NoAudience>,
    ) -> Self {
        Self::start_with(forge, Some(client()), issuers)
    }

    pub(crate) fn start_with(
        forge: Forge,
        client: Option<Outbound>,
        issuers: impl FnOnce(ProtectBuilder<NoAudience>) -> ProtectBuilder<NoAudience>,
    ) -> Self {
        logs();
        let clock = TestClock::new(forge.now());
        let captured = CapturedLines::new();
        let trail = Trail::builder("orders-api")
            .clock(Arc::new(clock.clone()))
            .sink(Box::new(WriterSink::new("captured", captured.clone())))
            .start()
            .unwrap();
        let builder = issuers(JwtAuth::builder())
            .audience(forge.audience())
            .audit(&trail)
            .limits(many_failures());
        let builder = match client {
            Some(client) => builder.key_client(client),
            None => builder,
        };
        let auth = builder.build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let protection = auth.clone();
        let server = HttpServer::new(move || {
            App::new()
                .wrap(protection.clone())
                .route("/orders", web::get().to(orders))
        })
        .workers(2)
        .shutdown_timeout(0)
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            forge,
            clock,
            address,
            trail,
            auth,
            captured,
            handle,
            sent: Mutex::default(),
            decisions: AtomicUsize::new(0),
        }
    }

    pub(crate) async fn send(&self, token: &SecretToken) -> Answer {
        self.sent.lock().unwrap().push(token.clone());
        self.call(token).await
    }

    async fn call(&self, token: &SecretToken) -> Answer {
        self.decisions.fetch_add(1, Ordering::Relaxed);
        Call::get("/orders").bearer(token).send(self.address).await
    }

    pub(crate) async fn status(&self, token: &SecretToken) -> u16 {
        self.send(token).await.status()
    }

    /// A good token under the forge's own algorithm.
    pub(crate) fn good(&self) -> SecretToken {
        self.forge.at(self.now()).token().sign()
    }

    /// A token by a good key under an id that nobody knows.
    pub(crate) fn with_kid(&self, kid: &str) -> SecretToken {
        self.forge.at(self.now()).token().header("kid", kid).sign()
    }

    pub(crate) fn now(&self) -> Timestamp {
        jwtrail_event::Clock::now(&self.clock)
    }

    /// So many tokens with ids that nobody knows, many at once; gives how they were answered.
    pub(crate) async fn send_unknown(&self, from: usize, count: usize) -> Vec<u16> {
        let mut statuses = Vec::new();
        let tokens: Vec<_> = (from..from + count)
            .map(|number| self.with_kid(&format!("unknown-{number}")))
            .collect();
        // One of a hundred is looked for in what was written: all of them take a minute.
        let looked_for = tokens.iter().step_by(100).cloned();
        self.sent.lock().unwrap().extend(looked_for);
        for some in tokens.chunks(100) {
            let answers = join_all(some.iter().map(|token| self.call(token))).await;
            statuses.extend(answers.iter().map(Answer::status));
        }
        statuses
    }

    /// How many such events were recorded up to now.
    pub(crate) async fn count(&self, event: EventName) -> usize {
        self.trail.flush().await;
        count(&self.captured.bytes(), event)
    }

    /// Waits until so many such events were recorded.
    pub(crate) async fn until(&self, event: EventName, at_least: usize) {
        within(async {
            while self.count(event).await < at_least {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Ends everything; gives what was recorded, which complies.
    pub(crate) async fn finish(self) -> Vec<u8> {
        self.handle.stop(true).await;
        drop(self.auth);
        self.trail.stop().await;
        let events = self.captured.bytes();
        let sent = self.sent.into_inner().unwrap();
        let written = logs().bytes();
        let compliance = AuditCompliance::of(&events).also_written(&written);
        let decisions = self.decisions.into_inner();
        compliance.tokens_sent(&sent).decisions(decisions).assert();
        events
    }
}

pub(crate) fn count(events: &[u8], event: EventName) -> usize {
    records(events)
        .filter(|record| record.event == event)
        .count()
}

pub(crate) fn records(events: &[u8]) -> impl Iterator<Item = Record<'_>> {
    events
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| Record::read(line).unwrap())
}

/// The reason and the use of the cache of each request, in order.
pub(crate) fn decisions(events: &[u8]) -> Vec<(Option<Reason>, CacheUse)> {
    let decided = records(events).filter(|record| record.route.is_some());
    let mut decided: Vec<_> = decided
        .map(|record| (record.seq, record.reason, record.cache.unwrap()))
        .collect();
    decided.sort_by_key(|(seq, ..)| *seq);
    decided
        .into_iter()
        .map(|(_, reason, cache)| (reason, cache))
        .collect()
}

async fn orders(token: AccessToken) -> String {
    token.subject().len().to_string()
}
