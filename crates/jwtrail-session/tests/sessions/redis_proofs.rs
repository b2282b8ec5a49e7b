//! Used DPoP proofs that several processes share.

use std::sync::Arc;
use std::thread;

use jwtrail_session::{
    ProofId, ProofStore as _, ProofUse, Redis, RedisFailure, RedisProofs, StateError, UnusableRedis,
};
use jwtrail_testkit::{RedisCluster, RedisServer};
use jwtrail_verify::Thumbprint;

use crate::redis::{PATIENCE, server, until};
use crate::redis_away::failure;
use crate::relay::losing;
use crate::support::{at, wait_for};

fn redis(address: &str) -> Redis {
    let redis = Redis::builder(address)
        .deadline(PATIENCE)
        .connect_deadline(PATIENCE);
    redis.build().unwrap()
}

fn proofs(address: &str) -> RedisProofs {
    RedisProofs::new(&redis(address), [5; 32]).unwrap()
}

fn note(proofs: &RedisProofs, key: u8, jti: &str) -> Result<ProofUse, StateError> {
    let key = Thumbprint::of_certificate(&[key]);
    let proof = ProofId { key: &key, jti };
    wait_for(proofs.note(proof, at(60), at(0)).into_future())
}

#[test]
fn what_one_has_taken_is_a_replay_at_the_other() {
    let Some(server) = server() else { return };
    let (one, other) = (proofs(&server.address()), proofs(&server.address()));
    assert_eq!(note(&one, 1, "a").unwrap(), ProofUse::First);
    assert_eq!(note(&other, 1, "a").unwrap(), ProofUse::Again);
    assert_eq!(note(&one, 1, "a").unwrap(), ProofUse::Again);
    assert_eq!(note(&other, 1, "b").unwrap(), ProofUse::First);
    // The same id under another key is another proof.
    assert_eq!(note(&other, 2, "a").unwrap(), ProofUse::First);
    // Whoever has another key has other proofs.
    let stranger = RedisProofs::new(&redis(&server.address()), [6; 32]).unwrap();
    assert_eq!(note(&stranger, 1, "a").unwrap(), ProofUse::First);
}

#[test]
fn of_many_at_once_at_two_places_one_is_the_first() {
    let Some(server) = server() else { return };
    let both = [proofs(&server.address()), proofs(&server.address())].map(Arc::new);
    let threads: Vec<_> = both
        .iter()
        .cycle()
        .take(16)
        .map(|proofs| {
            let proofs = Arc::clone(proofs);
            thread::spawn(move || note(&proofs, 1, "a").unwrap())
        })
        .collect();
    let uses = threads.into_iter().map(|thread| thread.join().unwrap());
    assert_eq!(uses.filter(|used| *used == ProofUse::First).count(), 1);
}

#[test]
fn a_use_is_one_command_and_is_kept_a_minute_longer_under_a_name_that_says_nothing() {
    let Some(server) = server() else { return };
    let proofs = proofs(&server.address());
    assert_eq!(note(&proofs, 1, "warm").unwrap(), ProofUse::First);
    let before = commands(&server);
    assert_eq!(note(&proofs, 1, "proof-7").unwrap(), ProofUse::First);
    // What counts them is one, too.
    assert_eq!(commands(&server) - before, 2);
    let keys = server.cli(&["keys", "*"]).unwrap();
    assert_eq!(keys.lines().count(), 2);
    for key in keys.lines() {
        assert!(key.starts_with("jwtrail:p:"), "{key}");
        assert!(!key.contains("proof-7"), "{key}");
        let left: i64 = server.cli(&["pttl", key]).unwrap().trim().parse().unwrap();
        assert!((60_000..=120_000).contains(&left), "{left}");
    }
}

#[test]
fn a_use_whose_connection_broke_before_is_noted_on_the_next_one() {
    let Some(mut server) = server() else { return };
    let proofs = proofs(&server.address());
    assert_eq!(note(&proofs, 1, "a").unwrap(), ProofUse::First);
    server.kill().unwrap();
    server.start_again().unwrap();
    assert_eq!(note(&proofs, 1, "b").unwrap(), ProofUse::First);
    // It was on disk.
    assert_eq!(note(&proofs, 1, "a").unwrap(), ProofUse::Again);
}

#[test]
fn a_use_whose_answer_was_lost_is_no_replay() {
    let Some(server) = server() else { return };
    let proofs = proofs(&losing(&server, 1, b"NX"));
    assert_eq!(note(&proofs, 1, "a").unwrap(), ProofUse::First);
    assert_eq!(note(&proofs, 1, "a").unwrap(), ProofUse::Again);
    let keys = server.cli(&["keys", "*"]).unwrap();
    assert_eq!(keys.lines().count(), 1);
}

#[test]
fn what_can_not_be_noted_is_an_outage_and_no_first_use() {
    let Some(mut server) = server() else { return };
    let proofs = proofs(&server.address());
    assert_eq!(note(&proofs, 1, "a").unwrap(), ProofUse::First);
    server.kill().unwrap();
    for jti in ["a", "b"] {
        let refused = note(&proofs, 1, jti).unwrap_err();
        assert!(matches!(refused, StateError::Unavailable(_)), "{refused:?}");
    }
    server.start_again().unwrap();
    until(|| note(&proofs, 1, "c").is_ok());
    assert_eq!(note(&proofs, 1, "a").unwrap(), ProofUse::Again);
}

#[test]
fn a_redis_that_is_full_takes_no_proof() {
    let options = ["--maxmemory", "1kb", "--maxmemory-policy", "noeviction"];
    let Some(server) = RedisServer::start_with(&options).unwrap() else {
        return;
    };
    let refused = note(&proofs(&server.address()), 1, "a").unwrap_err();
    // At once, as asking again would not help.
    assert!(matches!(failure(&refused), RedisFailure::Refused(_)));
}

#[test]
fn something_else_under_its_name_is_no_first_use() {
    let Some(server) = server() else { return };
    let proofs = proofs(&server.address());
    assert_eq!(note(&proofs, 1, "a").unwrap(), ProofUse::First);
    let key = server.cli(&["keys", "*"]).unwrap();
    server.cli(&["del", key.trim()]).unwrap();
    server.cli(&["rpush", key.trim(), "x"]).unwrap();
    let refused = note(&proofs, 1, "a").unwrap_err();
    assert!(matches!(refused, StateError::Unavailable(_)), "{refused:?}");
}

#[test]
fn a_cluster_remembers_proofs_on_all_its_nodes() {
    let Some(cluster) = RedisCluster::start().unwrap() else {
        return;
    };
    let (one, other) = (proofs(&cluster.address()), proofs(&cluster.address()));
    for number in 0..20 {
        let jti = number.to_string();
        assert_eq!(note(&one, 1, &jti).unwrap(), ProofUse::First);
        assert_eq!(note(&other, 1, &jti).unwrap(), ProofUse::Again);
    }
}

#[test]
fn a_key_of_zeros_is_refused() {
    let refused = RedisProofs::new(&redis("redis://127.0.0.1:1"), [0; 32]).unwrap_err();
    assert!(matches!(refused, UnusableRedis::Key));
}

fn commands(server: &RedisServer) -> u64 {
    let stats = server.cli(&["info", "stats"]).unwrap();
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_commands_processed:"));
    line.unwrap().trim().parse().unwrap()
}
