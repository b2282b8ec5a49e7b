//! One limit over several processes.

#![expect(
    clippy::print_stdout,
    reason = "processes tell each other how far they are"
)]

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::Timestamp;
use jwtrail_session::{
    Limit, Limits, LimitsBuilder, NotAdmitted, Quota, Redis, RedisLimits, WhenDown,
};
use jwtrail_testkit::{RedisCluster, RedisServer, ask_until};
use jwtrail_verify::VerifiedToken;

use crate::support::Issuer;

/// Beyond what any machine under any load needs.
const PATIENCE: Duration = Duration::from_secs(60);

fn server() -> Option<RedisServer> {
    RedisServer::start().unwrap()
}

fn at_address(address: &str, limits: LimitsBuilder) -> Limits {
    let redis = Redis::builder(address)
        .deadline(PATIENCE)
        .connect_deadline(PATIENCE)
        .build();
    let store = Arc::new(RedisLimits::new(&redis.unwrap()));
    limits.shared(store, [5; 32]).build().unwrap()
}

fn admit(limits: &Limits, token: &VerifiedToken, route: &str) -> Result<(), NotAdmitted> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    // The clock of this process does not matter.
    let now = Timestamp::from_seconds(17);
    let answer = limits.admit(token, || route, WhenDown::Refuse, now);
    runtime.block_on(answer.into_future()).verdict
}

#[track_caller]
fn over(answer: Result<(), NotAdmitted>) -> (Limit, u64) {
    match answer {
        Err(NotAdmitted::Limited(limited)) => (limited.limit, limited.retry_after),
        other => panic!("{other:?}"),
    }
}

fn ten_an_hour() -> LimitsBuilder {
    Limits::builder().per_subject(Quota::per_hour(10))
}

#[test]
fn a_burst_passes_and_the_wait_is_told() {
    let Some(server) = server() else { return };
    let limits = at_address(&server.address(), ten_an_hour());
    let issuer = Issuer::new();
    let (alice, bob) = (issuer.token("alice", "a"), issuer.token("bob", "a"));
    for _ in 0..10 {
        assert!(admit(&limits, &alice, "/").is_ok());
    }
    let (limit, wait) = over(admit(&limits, &alice, "/"));
    assert_eq!(limit, Limit::Subject);
    assert!((300..=360).contains(&wait), "{wait}");
    assert!(admit(&limits, &bob, "/").is_ok());
    // Another token of the same subject is the same subject.
    over(admit(&limits, &issuer.token("alice", "b"), "/"));
}

#[test]
fn what_one_limit_refuses_is_charged_to_none() {
    let Some(server) = server() else { return };
    let quota = Quota::per_hour;
    let limits = at_address(
        &server.address(),
        Limits::builder()
            .per_subject(quota(5))
            .per_token(quota(4))
            .scope_class("admin", quota(3))
            .route("/reports/{id}", quota(1)),
    );
    let issuer = Issuer::new();
    let token = issuer.token("alice", "orders:admin");
    assert!(admit(&limits, &token, "/reports/{id}").is_ok());
    for _ in 0..10 {
        assert_eq!(
            over(admit(&limits, &token, "/reports/{id}")).0,
            Limit::Route
        );
    }
    assert!(admit(&limits, &token, "/").is_ok());
    assert!(admit(&limits, &token, "/").is_ok());
    assert_eq!(over(admit(&limits, &token, "/")).0, Limit::ScopeClass);
    let other = issuer.token("alice", "orders:read");
    assert!(admit(&limits, &other, "/").is_ok());
    assert!(admit(&limits, &other, "/").is_ok());
    assert_eq!(over(admit(&limits, &other, "/")).0, Limit::Subject);
}

#[test]
fn a_key_that_owes_nothing_any_more_is_gone_and_none_names_anybody() {
    let Some(server) = server() else { return };
    let limits = at_address(
        &server.address(),
        Limits::builder().per_subject(Quota::per_second(2)),
    );
    let issuer = Issuer::new();
    let token = issuer.token("alice", "a");
    assert!(admit(&limits, &token, "/").is_ok());
    let keys = server.cli(&["keys", "*"]).unwrap();
    assert!(
        keys.starts_with("jwtrail:l:{") && !keys.contains("alice"),
        "{keys}"
    );
    assert!(!keys.contains(token.jti().unwrap()));
    let is_empty = || server.cli(&["dbsize"]).unwrap().trim() == "0";
    ask_until(PATIENCE, is_empty).unwrap();
}

#[test]
fn a_script_that_redis_forgot_is_given_to_it_again() {
    let Some(server) = server() else { return };
    let limits = at_address(&server.address(), ten_an_hour());
    let token = Issuer::new().token("alice", "a");
    assert!(admit(&limits, &token, "/").is_ok());
    assert_eq!(server.cli(&["script", "flush"]).unwrap().trim(), "OK");
    assert!(admit(&limits, &token, "/").is_ok());
}

#[test]
fn one_question_is_one_command() {
    let Some(server) = server() else { return };
    let limits = at_address(
        &server.address(),
        ten_an_hour()
            .per_token(Quota::per_hour(10))
            .route("/", Quota::per_hour(10)),
    );
    let token = Issuer::new().token("alice", "a");
    let calls = || {
        let stats = server.cli(&["info", "commandstats"]).unwrap();
        let line = stats
            .lines()
            .find(|line| line.starts_with("cmdstat_evalsha:"));
        let calls = line
            .and_then(|line| line.split(['=', ',']).nth(1))
            .map(str::to_owned);
        calls.map_or(0, |calls| calls.parse::<u32>().unwrap())
    };
    assert!(admit(&limits, &token, "/").is_ok());
    let before = calls();
    for _ in 0..5 {
        assert!(admit(&limits, &token, "/").is_ok());
    }
    assert_eq!(calls() - before, 5);
}

#[test]
fn two_processes_share_one_limit() {
    let Some(server) = server() else { return };
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "--nocapture",
                "redis::asks_twenty_times_elsewhere",
            ])
            .env(ADDRESS, server.address())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let others = [start(), start()];
    let passed = others.map(|other| {
        let output = String::from_utf8(other.wait_with_output().unwrap().stdout).unwrap();
        let passed = output
            .split("passed:")
            .nth(1)
            .unwrap_or_else(|| panic!("{output}"));
        passed
            .split_whitespace()
            .next()
            .unwrap()
            .parse::<u32>()
            .unwrap()
    });
    assert_eq!(passed[0] + passed[1], 10, "{passed:?}");
}

/// Not a test: what another process does, which is this program again.
#[test]
fn asks_twenty_times_elsewhere() {
    let Some(address) = std::env::var_os(ADDRESS) else {
        return;
    };
    let limits = at_address(address.to_str().unwrap(), ten_an_hour());
    let token = Issuer::new().token("alice", "a");
    let passed = (0..20).filter(|_| admit(&limits, &token, "/").is_ok());
    println!("passed:{} ", passed.count());
}

#[test]
fn in_a_cluster_the_keys_of_one_request_are_on_one_node() {
    let Some(cluster) = RedisCluster::start().unwrap() else {
        return;
    };
    let limits = at_address(
        &cluster.address(),
        ten_an_hour()
            .per_token(Quota::per_hour(10))
            .route("/", Quota::per_hour(10)),
    );
    let issuer = Issuer::new();
    for number in 0..20 {
        let token = issuer.token(&format!("user-{number}"), "a");
        assert!(admit(&limits, &token, "/").is_ok());
    }
    let keys = cluster.keys().unwrap();
    assert_eq!(keys.iter().sum::<u64>(), 60);
    assert!(
        keys.iter().all(|count| *count > 0 && count % 3 == 0),
        "{keys:?}"
    );
}

const ADDRESS: &str = "JWTRAIL_TEST_ADDRESS";
