//! From an operator's word to the refusal of the next request: a monitor, and a service that
//! follows its list, over real sockets.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt, web};
use jwtrail_actix::verify::KeySet;
use jwtrail_actix::{AccessToken, JwtAuth, QuarantineList, Trail, WriterSink};
use jwtrail_event::{Record, SecretToken, Text};
use jwtrail_forge::Forge;
use jwtrail_monitor::RuleResponse;
use jwtrail_testkit::{CapturedLines, TestClock};
use serde_json::json;
use tokio::time::Instant;

use crate::quarantine::{API, body, operator};
use crate::support::{Bench, Client, lines, now, reused};

#[test]
fn a_request_after_the_operators_word_is_refused_within_a_second() {
    let bench = Bench::start();
    let directory = tempfile::tempdir().unwrap();
    let service = Orders::start(&bench, &directory.path().join("quarantine.json"));
    let forge = Forge::new(now());
    let token = forge.token().id("stolen").claim("sid", "f-7").sign();
    let iss = forge.issuer();
    assert_eq!(service.get(&token), 200);
    service.confirmed();

    let fingerprint = service.fingerprint(&token);
    let targets = [
        json!({ "type": "token", "iss": iss, "jti": "stolen" }),
        json!({ "type": "fingerprint", "fingerprint": fingerprint }),
        json!({ "type": "family", "iss": iss, "family": "f-7" }),
        json!({ "type": "subject", "iss": iss, "sub": service.subject(&token) }),
    ];
    for target in targets {
        let operator = operator(&bench, "x");
        within_a_second(|_| {
            let asked = Instant::now();
            let answer = operator.post(API, body(target.clone(), 600));
            assert_eq!(answer.status, 201, "{}", answer.text());
            service.until(&token, 401);
            let refused = asked.elapsed();

            let id = answer.json()["id"].as_str().unwrap().to_owned();
            let asked = Instant::now();
            let released = operator.send("DELETE", &format!("{API}/{id}"), b"");
            assert_eq!(released.status, 204);
            service.until(&token, 200);
            refused.max(asked.elapsed())
        });
    }
    let lines = service.stop();
    let lines = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let records: Vec<_> = lines.map(|line| Record::read(line).unwrap()).collect();
    let reasons = records.iter().filter_map(|record| record.reason);
    assert!(reasons.clone().count() >= 4);
    assert!(
        reasons
            .into_iter()
            .all(|reason| reason.as_str() == "quarantined")
    );
}

#[test]
fn what_was_refused_stays_refused_while_the_monitor_is_away() {
    let bench = Bench::start();
    let directory = tempfile::tempdir().unwrap();
    let kept = directory.path().join("quarantine.json");
    let service = Orders::start(&bench, &kept);
    service.confirmed();
    let forge = Forge::new(now());
    let token = forge.token().id("stolen").sign();
    let target = json!({ "type": "token", "iss": forge.issuer(), "jti": "stolen" });
    let answer = operator(&bench, "x").post(API, body(target, 600));
    assert_eq!(answer.status, 201);
    service.until(&token, 401);
    let clock = bench.clock.clone();
    let bench = bench.stop();
    assert_eq!(service.get(&token), 401);
    service.stop();
    // A new process of the service, still without a monitor.
    let service = Orders::follow(&bench, &kept, clock);
    assert_eq!(service.get(&token), 401);
    service.stop();
}

#[test]
fn a_request_after_the_decisive_event_is_refused_within_a_second() {
    let bench = Bench::start_with(|config| {
        let rules = &mut config.responses.rules;
        rules.insert("refresh-reused".to_owned(), RuleResponse::default());
    });
    let directory = tempfile::tempdir().unwrap();
    let service = Orders::start(&bench, &directory.path().join("quarantine.json"));
    let forge = Forge::new(now());
    let token = |family: &str| forge.token().claim("sid", family).sign();
    let other = token("f-other");
    service.confirmed();
    within_a_second(|turn| {
        let family = format!("f-{turn}");
        let stolen = token(&family);
        assert_eq!(
            [&stolen, &other].map(|token| service.get(token)),
            [200, 200]
        );
        let mut event = reused(1 + u128::from(turn), now(), &family, "user-1");
        event.token_iss = Some(Text::from(forge.issuer()));
        let body = lines([&event]);
        let decided = Instant::now();
        bench.post(&body);
        service.until(&stolen, 401);
        decided.elapsed()
    });
    assert_eq!(service.get(&other), 200);
    service.stop();
}

/// Something happens within a second: at one of three times, as the machine may stand still.
fn within_a_second(mut took: impl FnMut(u8) -> Duration) {
    let mut all = Vec::new();
    for turn in 0..3 {
        let duration = took(turn);
        if duration < Duration::from_secs(1) {
            return;
        }
        all.push(duration);
    }
    panic!("it took {all:?}");
}

/// A service that follows a monitor's list, on a thread of its own.
struct Orders {
    address: SocketAddr,
    auth: JwtAuth,
    list: QuarantineList,
    handle: ServerHandle,
    thread: std::thread::JoinHandle<()>,
    captured: CapturedLines,
}

impl Orders {
    fn start(bench: &Bench, kept: &Path) -> Self {
        let monitor = (bench.monitor.address(), bench.producer());
        Self::follow(&monitor, kept, bench.clock.clone())
    }

    fn follow(monitor: &(SocketAddr, SecretToken), kept: &Path, clock: TestClock) -> Self {
        let (address, credential) = monitor;
        let source = QuarantineList::from_monitor(&format!("http://{address}"), credential.clone());
        let source = source.cache_file(kept).clock(Arc::new(clock.clone()));
        let list = source.start().unwrap();
        let captured = CapturedLines::new();
        let trail = Trail::builder("orders-api")
            .clock(Arc::new(clock))
            .sink(Box::new(WriterSink::new("captured", captured.clone())))
            .start()
            .unwrap();
        let forge = Forge::new(now());
        let auth = JwtAuth::builder()
            .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks()).unwrap())
            .audience(forge.audience())
            .audit(&trail)
            .quarantine(&list)
            .build()
            .unwrap();
        let (started, handle) = channel();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let protection = auth.clone();
        let thread = std::thread::spawn(move || serve(listener, protection, trail, &started));
        Self {
            address,
            auth,
            list,
            handle: handle.recv().unwrap(),
            thread,
            captured,
        }
    }

    fn get(&self, token: &SecretToken) -> u16 {
        Client::new(self.address)
            .bearer(token.expose())
            .get("/")
            .status
    }

    /// Asks again until it is answered so.
    fn until(&self, token: &SecretToken, status: u16) {
        let began = Instant::now();
        while self.get(token) != status {
            assert!(began.elapsed() < Duration::from_secs(20), "never {status}");
        }
    }

    fn confirmed(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let confirmed =
            async { tokio::time::timeout(Duration::from_secs(20), self.list.confirmed()).await };
        runtime.unwrap().block_on(confirmed).unwrap();
    }

    fn fingerprint(&self, token: &SecretToken) -> String {
        let fingerprint = self.auth.verifier().fingerprint(token.expose());
        fingerprint.as_str().to_owned()
    }

    fn subject(&self, token: &SecretToken) -> String {
        let verified = self.auth.verifier().verify(token.expose(), now()).unwrap();
        verified.token.sub().to_owned()
    }

    fn stop(self) -> Vec<u8> {
        drop(self.handle.stop(false));
        self.thread.join().unwrap();
        self.captured.bytes()
    }
}

fn serve(listener: TcpListener, auth: JwtAuth, trail: Trail, started: &Sender<ServerHandle>) {
    rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let route = web::get().to(|_: AccessToken| async { "yes" });
            App::new().wrap(auth.clone()).route("/", route)
        });
        let server = server.workers(1).shutdown_timeout(0);
        let server = server.listen(listener).unwrap().run();
        started.send(server.handle()).unwrap();
        server.await.unwrap();
        trail.stop().await;
    });
}
