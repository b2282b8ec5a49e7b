//! Two processes of the service that share a Redis are one service.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a helper cannot do fails the test"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jwtrail_actix::SystemClock;
use jwtrail_event::{Clock as _, SecretToken};
use jwtrail_forge::Forge;
use jwtrail_testkit::{RedisServer, ask_until};
use serde_json::{Value, json};

#[tokio::test]
async fn two_processes_with_one_redis_share_sessions_and_limits() {
    let Some(redis) = RedisServer::start().unwrap() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (
        Process::start(&redis, directory.path(), "one"),
        Process::start(&redis, directory.path(), "other"),
    );
    let tokens = one.log_in().await;

    // Six requests of one subject in an hour, wherever they go.
    let mut statuses = Vec::new();
    for process in [&one, &other].into_iter().cycle().take(8) {
        statuses.push(process.orders(&tokens).await);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 429]);

    // The other one moves the session on; here the old token is a replay, and then reuse.
    let next = other.refresh(&tokens).await.unwrap();
    assert_eq!(
        one.refresh(&tokens).await.unwrap()["refresh_token"],
        next["refresh_token"]
    );
    let last = one.refresh(&next).await.unwrap();
    assert_eq!(one.refresh(&tokens).await, Err(400));
    assert_eq!(other.orders(&last).await, 401);
}

#[tokio::test]
async fn a_proof_that_one_process_has_taken_is_a_replay_at_the_other() {
    let Some(mut redis) = RedisServer::start().unwrap() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (
        Process::start(&redis, directory.path(), "one"),
        Process::start(&redis, directory.path(), "other"),
    );
    let forge = Forge::new(SystemClock.now()).with_audience("orders-api");
    let forge = forge.with_issuer("https://orders.example");
    let forge = forge.with_resource("https://orders.example/orders");
    let bound = forge.token().subject("ada").scope("orders:read");
    // The key of its signature is that of the configuration.
    let bound = bound.header("kid", "orders-1").bound_to_client();
    let token = bound.signed_with_secret(&[0x11; 32]).sign();
    let (first, second, third) = (
        forge.proof(&token).sign(),
        forge.proof(&token).sign(),
        forge.proof(&token).sign(),
    );
    assert_eq!(one.prove(&token, &first).await, 200);
    assert_eq!(other.prove(&token, &first).await, 401);
    assert_eq!(other.prove(&token, &second).await, 200);
    assert_eq!(one.prove(&token, &second).await, 401);
    redis.kill().unwrap();
    assert_eq!(one.prove(&token, &third).await, 503);
    assert_eq!(
        bindings(directory.path(), "one", 3),
        ["ok", "proof_replayed", "backend_unavailable"]
    );
    let of_other = bindings(directory.path(), "other", 2);
    assert_eq!(of_other, ["proof_replayed", "ok"]);
}

/// What the binding step said of so many requests, in the order in which they were recorded.
fn bindings(directory: &Path, name: &str, count: usize) -> Vec<String> {
    let file = directory.join(format!("{name}.ndjson"));
    let read = || std::fs::read_to_string(&file).unwrap();
    ask_until(PATIENCE, || read().matches("\"binding:").count() >= count).unwrap();
    let steps = read();
    let steps = steps
        .split('"')
        .filter_map(|text| text.strip_prefix("binding:"));
    steps.map(str::to_owned).collect()
}

struct Process {
    child: Child,
    address: String,
    password: String,
    client: reqwest::Client,
}

impl Process {
    fn start(redis: &RedisServer, directory: &Path, name: &str) -> Self {
        let config = directory.join(format!("{name}.toml"));
        std::fs::write(&config, CONFIG).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_orders-api"))
            .arg("127.0.0.1:0")
            .arg(directory.join(format!("{name}.ndjson")))
            .arg("")
            .arg(&config)
            .env("ORDERS_REDIS", redis.address())
            .env("ORDERS_KEY_1", "11".repeat(32))
            .env("ORDERS_KEY_2", "22".repeat(32))
            .env("ORDERS_KEY_3", "33".repeat(32))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let login = lines
            .map(Result::unwrap)
            .find(|line| line.starts_with("curl "));
        let login = login.expect("the service says how to log in");
        let (_, rest) = login.split_once("http://").unwrap();
        let (address, rest) = rest.split_once("/login").unwrap();
        let (_, rest) = rest.split_once("\"password\":\"").unwrap();
        let (password, _) = rest.split_once('"').unwrap();
        Self {
            child,
            address: address.to_owned(),
            password: password.to_owned(),
            client: reqwest::Client::new(),
        }
    }

    async fn log_in(&self) -> Value {
        let body = json!({ "username": "ada", "password": self.password });
        // It listens before it prints.
        let request = self.client.post(self.url("/login")).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn orders(&self, tokens: &Value) -> u16 {
        let request = self.client.get(self.url("/orders"));
        let request = request.bearer_auth(tokens["access_token"].as_str().unwrap());
        request.send().await.unwrap().status().as_u16()
    }

    async fn prove(&self, token: &SecretToken, proof: &SecretToken) -> u16 {
        let request = self.client.get(self.url("/orders"));
        let request = request.header("authorization", format!("DPoP {}", token.expose()));
        let request = request.header("dpop", proof.expose());
        request.send().await.unwrap().status().as_u16()
    }

    async fn refresh(&self, tokens: &Value) -> Result<Value, u16> {
        let body = json!({
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
            "client_id": "orders-web",
        });
        let answer = self
            .client
            .post(self.url("/refresh"))
            .json(&body)
            .send()
            .await;
        let answer = answer.unwrap();
        match answer.status().as_u16() {
            200 => Ok(answer.json().await.unwrap()),
            refused => Err(refused),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

const PATIENCE: Duration = Duration::from_secs(60);

const CONFIG: &str = r#"
[keys]
signing = "@env:ORDERS_KEY_1"
refresh = "@env:ORDERS_KEY_2"

[redis]
address = "@env:ORDERS_REDIS"
key = "@env:ORDERS_KEY_3"
deadline_ms = 60000

[dpop]
origin = "https://orders.example"

[limits]
per_subject = { count = 6, per = "hour" }
"#;
