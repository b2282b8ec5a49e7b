//! A monitor that is killed while events come in: nothing that it acknowledged is lost, no alert
//! is lost, none comes twice.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a helper cannot do fails the test"
)]
#![expect(
    clippy::print_stdout,
    reason = "the seed is shown where the test fails"
)]

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// How often the monitor is killed.
const KILLS: u64 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_five_points_it_loses_nothing_and_doubles_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut dice = Dice::from_environment();
    let mut monitor = Monitor::start(home.path(), "127.0.0.1:0");
    let mut demo = jwtrail(home.path())
        .args([
            "demo",
            "--once",
            "--report",
            "report.json",
            "--monitor",
            &monitor.url,
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();

    let mut requests = 0;
    for kill in 1..=KILLS {
        // A point of the traffic, and then a moment that has nothing to do with any event.
        requests += 1 + dice.below(180);
        while monitor.requests().await < requests {
            assert!(
                demo.try_wait().unwrap().is_none(),
                "the demo ended before kill {kill}"
            );
        }
        tokio::time::sleep(Duration::from_micros(dice.below(20_000))).await;
        monitor = monitor.killed_and_restarted(home.path());
        println!("kill {kill}: after request {requests}");
    }

    let output = demo.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let report = fs::read(home.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["lost"], 0, "{report:#}");
    assert_eq!(report["duplicates"], 0, "{report:#}");
    assert_eq!(report["events"], report["requests"], "{report:#}");
    let attacks = report["attacks"].as_array().unwrap();
    assert!(attacks.len() >= 7, "{report:#}");
    assert!(
        attacks.iter().all(|attack| attack["alerted"] == true),
        "{report:#}"
    );

    let mut alerts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for alert in monitor.alerts().await {
        let key = (alert["rule"].to_string(), alert["key"].to_string());
        *alerts.entry(key).or_default() += 1;
    }
    assert!(!alerts.is_empty());
    assert!(alerts.values().all(|count| *count == 1), "{alerts:#?}");
}

/// `jwtrail serve` as a process of its own.
struct Monitor {
    child: Child,
    url: String,
    token: String,
    http: reqwest::Client,
}

impl Monitor {
    fn start(home: &Path, listen: &str) -> Self {
        let mut child = jwtrail(home)
            .args(["serve", "--data", "data", "--listen", listen])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let events = said
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.starts_with("events: "));
        let events = events.expect("the monitor ended before it said where it is");
        let url = events.trim_start_matches("events: POST ");
        let url = url.trim_end_matches("/api/v1/events").to_owned();
        let port = url.rsplit(':').next().unwrap();
        let access = home.join(format!(".local/state/jwtrail/{port}.json"));
        let access: Value = serde_json::from_slice(&fs::read(access).unwrap()).unwrap();
        Self {
            child,
            url,
            token: access["access_token"].as_str().unwrap().to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// Kills it without a warning and starts it again on the same data and port.
    fn killed_and_restarted(mut self, home: &Path) -> Self {
        self.child.kill().unwrap(); // SIGKILL
        self.child.wait().unwrap();
        let listen = self.url.trim_start_matches("http://").to_owned();
        drop(self);
        Self::start(home, &listen)
    }

    /// Requests of the demo's service that the monitor has counted.
    async fn requests(&self) -> u64 {
        let overview = self.ask("/api/v1/overview?minutes=60").await;
        overview["totals"]["requests"].as_u64().unwrap()
    }

    async fn alerts(&self) -> Vec<Value> {
        let list = self.ask("/api/v1/alerts?state=all&limit=1000").await;
        list["alerts"].as_array().unwrap().clone()
    }

    async fn ask(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.url));
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

fn jwtrail(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jwtrail"));
    command
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::null());
    command
}

/// Numbers that a seed repeats: `JWTRAIL_SEED` gives one that was printed.
struct Dice(u64);

impl Dice {
    fn from_environment() -> Self {
        let given = std::env::var_os("JWTRAIL_SEED");
        let given = given.map(|seed| seed.to_str().unwrap().parse().unwrap());
        let seed = given.unwrap_or_else(|| {
            // The standard library seeds its hashers at random.
            RandomState::new().build_hasher().finish()
        });
        println!("JWTRAIL_SEED={seed}");
        Self(seed)
    }

    /// SplitMix64.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
