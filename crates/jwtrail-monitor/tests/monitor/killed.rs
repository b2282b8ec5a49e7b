//! Kill -9 during the traffic: nothing acknowledged is lost, no alert is lost, none comes twice.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use jwtrail_monitor::Monitor;
use jwtrail_testkit::TestClock;

use crate::quarantine;
use crate::support::{Bench, Client, fixture, lines, now, reused};

const DIRECTORY: &str = "JWTRAIL_TEST_DIRECTORY";
/// After so many bodies the process is killed, while the next one is under way.
const KILLS: [usize; 5] = [1, 3, 2, 5, 4];

#[test]
fn nothing_is_lost_and_nothing_comes_twice() {
    let text = [
        fixture("token-repeated-rejections", "positive"),
        fixture("refresh-reused", "positive"),
        fixture("scope-probing", "positive"),
    ];
    // One producer for each fixture, as each has times of its own.
    let bodies = text.iter().enumerate();
    let bodies = bodies.flat_map(|(at, text)| text.lines().map(move |line| (at, line)));
    let bodies: Vec<_> = bodies.collect();

    let directory = tempfile::tempdir().unwrap();
    let mut sent = 0;
    for kill in KILLS {
        let served = Served::start(directory.path());
        for (producer, line) in &bodies[sent..sent + kill] {
            assert_eq!(served.post(*producer, line), Some(200));
        }
        sent += kill;
        let (producer, line) = bodies[sent];
        let client = served.producers[producer].clone();
        let line = line.to_owned();
        let under_way = std::thread::spawn(move || {
            let answer = client.try_send("POST", "/api/v1/events", line.as_bytes());
            answer.ok().map(|answer| answer.status)
        });
        served.kill();
        // Whether it was acknowledged or not: the sender sends it again.
        under_way.join().unwrap();
    }
    let served = Served::start(directory.path());
    for (producer, line) in &bodies[sent..] {
        assert_eq!(served.post(*producer, line), Some(200));
    }
    for (producer, line) in &bodies {
        let answer = served.producers[*producer]
            .post("/api/v1/events", line)
            .json();
        assert_eq!(
            answer["duplicates"], 1,
            "acknowledged and not there: {line}"
        );
    }

    let undisturbed = Bench::start();
    for (producer, line) in &bodies {
        undisturbed.post_as(&format!("producer-{producer}"), line);
    }
    let expected = settled(&undisturbed.client, &producer_of(&undisturbed));
    assert_eq!(settled(&served.api, &served.producers[3]), expected);
    served.kill();
}

#[test]
fn what_is_delivered_together_is_judged_as_if_it_came_one_by_one() {
    let bodies = [
        "token-repeated-rejections",
        "refresh-reused",
        "token-replayed",
    ];
    let bodies = bodies.map(|rule| fixture(rule, "positive"));
    let post = |bench: &Bench, at: usize, body: &str| {
        bench.post_as(&format!("producer-{at}"), body);
    };
    let (one_by_one, together, again) = (Bench::start(), Bench::start(), Bench::start());
    for (at, body) in bodies.iter().enumerate() {
        body.lines().for_each(|line| post(&one_by_one, at, line));
        post(&together, at, body);
        post(&again, at, body);
    }
    // And read once more, cut otherwise: some of it is known, the rest is not.
    let again = again.crash(|_| {});
    let expected = settled(&one_by_one.client, &producer_of(&one_by_one));
    assert!(expected.len() > 3, "{expected:?}");
    assert_eq!(settled(&together.client, &producer_of(&together)), expected);
    assert_eq!(settled(&again.client, &producer_of(&again)), expected);
}

#[test]
fn a_quarantine_that_was_acknowledged_is_there_and_on_record_after_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut ids = Vec::new();
    for round in 0..3 {
        let served = Served::start(directory.path());
        let operator = served.api.clone().header("x-jwtrail-request", "1");
        let operator = operator.header("x-request-id", &format!("round-{round}"));
        let target = quarantine::token(&format!("jti-{round}"));
        let added = operator.post(quarantine::API, quarantine::body(target, 600));
        // As soon as it is acknowledged, and before its event can be in the log.
        served.kill();
        assert_eq!(added.status, 201, "{}", added.text());
        ids.push(added.json()["id"].clone());
    }
    let served = Served::start(directory.path());
    let shown = served.api.get(quarantine::API).json();
    let shown = shown["entries"].as_array().unwrap();
    assert_eq!(shown.len(), ids.len());
    assert!(
        ids.iter()
            .all(|id| shown.iter().any(|entry| entry["id"] == *id))
    );
    served.kill();

    // The records come at the next start, if they did not before; a stop writes them all.
    let stop = Served::monitor(directory.path());
    crate::support::stop(stop);
    let monitor = Served::monitor(directory.path());
    let api = Client::new(monitor.address());
    let api = api.bearer(monitor.access_token().unwrap().expose());
    for round in 0..3 {
        let path = format!("/api/v1/events?correlation_id=round-{round}");
        let events = api.get(&path).json();
        let events = events["events"].as_array().unwrap();
        let added = events
            .iter()
            .filter(|event| event["event"] == "quarantine.added");
        assert_eq!(added.count(), 1, "{events:?}");
    }
    crate::support::stop(monitor);
}

#[test]
fn a_kill_between_the_alert_and_the_entry_leaves_one_entry() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..6 {
        let served = Served::start(directory.path());
        let mut stream = served.api.watch("/api/v1/stream");
        let name = format!("round-{round}");
        let body = lines([&reused(round, now(), &name, &name)]);
        assert_eq!(served.post(0, &body), Some(200));
        // As soon as it is acknowledged, or as soon as the alert is told.
        if round % 2 == 1 {
            while stream.next("alert")["key"]["family"] != name {}
        }
        served.kill();
    }
    let served = Served::start(directory.path());
    let alerts = || {
        let all = served.api.get("/api/v1/alerts?state=all&limit=100").json();
        let all = all["alerts"].as_array().unwrap().clone();
        let of_rule = |alert: &serde_json::Value| alert["rule"] == "refresh-reused";
        all.into_iter().filter(of_rule).collect::<Vec<_>>()
    };
    let held = || {
        let list = served.api.get(quarantine::API).json();
        list["entries"].as_array().unwrap().clone()
    };
    quarantine::until(|| held().len() == 6);
    let ids: Vec<_> = alerts().iter().map(|alert| alert["id"].clone()).collect();
    assert_eq!(ids.len(), 6);
    served.kill();

    crate::support::stop(Served::monitor(directory.path()));
    let monitor = Served::monitor(directory.path());
    let api = Client::new(monitor.address());
    let api = api.bearer(monitor.access_token().unwrap().expose());
    assert_eq!(
        api.get(quarantine::API).json()["entries"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    for id in ids {
        let path = format!("/api/v1/events?correlation_id={}", id.as_str().unwrap());
        let events = api.get(&path).json();
        let events = events["events"].as_array().unwrap();
        let added = events
            .iter()
            .filter(|event| event["event"] == "quarantine.added");
        assert_eq!(added.count(), 1, "{events:?}");
    }
    crate::support::stop(monitor);
}

fn producer_of(bench: &Bench) -> Client {
    let last = bench
        .monitor
        .producer_credential("producer-3", &["orders-api"]);
    bench.anonymous().bearer(last.unwrap().expose())
}

/// All alerts, once detection has come to the end: one more shows that it has.
fn settled(api: &Client, producer: &Client) -> Vec<String> {
    let mut stream = api.watch("/api/v1/stream");
    let body = fixture("key-probing", "positive");
    assert_eq!(producer.post("/api/v1/events", body).status, 200);
    while stream.next("alert")["rule"] != "key-probing" {}
    let answer = api.get("/api/v1/alerts?state=all&limit=1000").json();
    let alerts = answer["alerts"].as_array().unwrap();
    let shown = |alert: &serde_json::Value| format!("{} {}", alert["rule"], alert["id"]);
    let mut alerts: Vec<_> = alerts.iter().map(shown).collect();
    alerts.sort_unstable();
    alerts
}

/// A monitor in a process of its own.
struct Served {
    child: Child,
    api: Client,
    producers: Vec<Client>,
}

impl Served {
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "killed::child_serves_until_killed",
                "--nocapture",
            ])
            .env(DIRECTORY, directory)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let ready = lines.find(|line| line.starts_with("ready "));
        let ready = ready.expect("the child is ready");
        let mut words = ready.split(' ').skip(1);
        let address = words.next().unwrap().parse().unwrap();
        let mut clients = words.map(|token| Client::new(address).bearer(token));
        Self {
            child,
            api: clients.next().unwrap(),
            producers: clients.collect(),
        }
    }

    /// The same, in this process.
    fn monitor(directory: &Path) -> jwtrail_monitor::RunningMonitor {
        let mut config = crate::support::config(directory);
        crate::responses::respond(&mut config, 600, 20);
        Monitor::start(config, Arc::new(TestClock::new(now()))).unwrap()
    }

    fn post(&self, producer: usize, body: &str) -> Option<u16> {
        let client = &self.producers[producer];
        let answer = client.try_send("POST", "/api/v1/events", body.as_bytes());
        answer.ok().map(|answer| answer.status)
    }

    fn kill(self) {
        drop(self);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // SIGKILL on Unix: the child gets no chance to tidy up.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Does nothing unless it was started by the test above.
#[test]
fn child_serves_until_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let monitor = Served::monitor(Path::new(&directory));
    let mut ready = format!("ready {}", monitor.address());
    let mut add = |secret: jwtrail_event::SecretToken| {
        ready.push(' ');
        ready.push_str(secret.expose());
    };
    add(monitor.access_token().unwrap());
    for producer in 0..4 {
        let name = format!("producer-{producer}");
        add(monitor.producer_credential(&name, &["orders-api"]).unwrap());
    }
    writeln!(std::io::stdout().lock(), "\n{ready}").unwrap();
    loop {
        std::thread::park();
    }
}
