//! What only several processes, or a cluster, can show.

#![expect(
    clippy::print_stdout,
    reason = "processes tell each other how far they are"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::Timestamp;
use jwtrail_session::{
    Advance, Answer, Family, FamilyId, Redis, RedisState, RefreshKind, Revocation, Sessions, State,
    StateError, Swap, TokenIdentity,
};
use jwtrail_testkit::{RedisCluster, RedisServer, ask_until};

use crate::support::{GRACE, is_good, issue, refresh, sessions_on, wait_for};

/// Beyond what any machine under any load needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A Redis, if there is one to be had.
pub(crate) fn server() -> Option<RedisServer> {
    RedisServer::start().unwrap()
}

pub(crate) fn state(address: &str) -> Arc<RedisState> {
    let redis = Redis::builder(address)
        .deadline(PATIENCE)
        .connect_deadline(PATIENCE)
        .build();
    Arc::new(RedisState::new(&redis.unwrap(), [5; 32]).unwrap())
}

fn sessions_at(address: &str) -> Sessions {
    sessions_on(state(address))
}

#[test]
fn a_process_killed_between_swap_and_answer_loses_nobodys_session() {
    let Some(server) = server() else { return };
    let sessions = sessions_at(&server.address());
    let issued = issue(&sessions, 0);
    let token = issued.refresh_token.expose();

    let mut other = Process::start("dies_after_the_swap", &[&server.address(), token]);
    other.wait_for_line("swapped");
    other.kill();

    let again = refresh(&sessions, token, "web", i64::from(GRACE)).unwrap();
    assert_eq!(again.kind, RefreshKind::Replayed);
    assert!(is_good(&sessions, &again.access.claims, 5));
    let next = refresh(&sessions, again.refresh_token.expose(), "web", 6).unwrap();
    assert_eq!(next.kind, RefreshKind::Rotated);
    assert_eq!(next.access.claims.family.unwrap().generation, 3);
}

#[test]
fn two_processes_share_one_family() {
    let Some(server) = server() else { return };
    let sessions = sessions_at(&server.address());
    let issued = issue(&sessions, 0);
    let token = issued.refresh_token.expose();
    let mut other = Process::start("refreshes_twice", &[&server.address(), token]);
    other.wait_for_line("refreshed twice");
    other.finish();
    // What the other process moved on is old here.
    let refusal = refresh(&sessions, token, "web", 2).unwrap_err();
    assert!(refusal.is_reuse() && refusal.family_revoked());
    assert!(!is_good(&sessions, &issued.access.claims, 2));
}

#[test]
fn a_cluster_does_what_one_server_does() {
    let Some(cluster) = RedisCluster::start().unwrap() else {
        return;
    };
    let sessions = sessions_at(&cluster.address());
    let issued: Vec<_> = (0..20).map(|_| issue(&sessions, 0)).collect();
    for one in &issued {
        let refreshed = refresh(&sessions, one.refresh_token.expose(), "web", 1).unwrap();
        assert_eq!(refreshed.kind, RefreshKind::Rotated);
        assert!(is_good(&sessions, &refreshed.access.claims, 1));
    }
    let late = 2 + i64::from(GRACE);
    let refusal = refresh(&sessions, issued[0].refresh_token.expose(), "web", late).unwrap_err();
    assert!(refusal.is_reuse() && refusal.family_revoked());
    assert!(!is_good(&sessions, &issued[0].access.claims, 2));
    assert!(is_good(&sessions, &issued[1].access.claims, 2));
    // Families are all over the cluster.
    let keys = cluster.keys().unwrap();
    assert_eq!(keys.iter().sum::<u64>(), 20);
    assert!(keys.iter().all(|count| *count > 0), "{keys:?}");
}

#[test]
fn the_primary_that_sentinel_names_is_followed_when_another_takes_over() {
    let Some(mut primary) = server() else { return };
    let port = primary.port().to_string();
    let of = ["--appendonly", "yes", "--replicaof", "127.0.0.1", &port];
    let replica = RedisServer::start_with(&of).unwrap().unwrap();
    let sentinel = RedisServer::start_sentinel("orders", &primary)
        .unwrap()
        .unwrap();
    let address = format!("redis+sentinel://{}/orders", sentinel.host());
    let sessions = sessions_at(&address);
    let issued = issue(&sessions, 0);
    // Sentinel knows the replica, and the replica the family.
    until(|| {
        sentinel
            .cli(&["sentinel", "replicas", "orders"])
            .unwrap()
            .contains("127.0.0.1")
    });
    until(|| primary.cli(&["wait", "1", "100"]).unwrap().trim() == "1");
    primary.kill().unwrap();
    until(|| replica.cli(&["role"]).unwrap().starts_with("master"));
    // Until sentinel says so to clients, calls are refused.
    until(|| sessions_answer(&sessions));
    let refreshed = refresh(&sessions, issued.refresh_token.expose(), "web", 1).unwrap();
    assert_eq!(refreshed.kind, RefreshKind::Rotated);
}

fn sessions_answer(sessions: &Sessions) -> bool {
    let id = FamilyId::from_bits(1);
    wait_for(sessions.revoke_family(id, Timestamp::from_seconds(0))).is_ok()
}

#[track_caller]
pub(crate) fn until(is_so: impl FnMut() -> bool) {
    ask_until(PATIENCE, is_so).unwrap();
}

/// Not tests: what other processes do, which are this program again.
mod elsewhere {
    use super::*;

    #[test]
    fn dies_after_the_swap() {
        let Some((address, token)) = arguments() else {
            return;
        };
        let sessions = sessions_on(Arc::new(StopsAfterSwap(state(&address))));
        let refreshed = refresh(&sessions, &token, "web", 1);
        panic!("it was to be killed before {refreshed:?}");
    }

    #[test]
    fn refreshes_twice() {
        let Some((address, token)) = arguments() else {
            return;
        };
        let sessions = sessions_at(&address);
        let first = refresh(&sessions, &token, "web", 1).unwrap();
        refresh(&sessions, first.refresh_token.expose(), "web", 1).unwrap();
        println!("refreshed twice");
    }

    #[cfg(feature = "redis-tls")]
    #[test]
    fn says_whether_tls_holds() {
        let Some((address, _)) = arguments() else {
            return;
        };
        let sessions = sessions_at(&address);
        let grant = jwtrail_session::Grant::new("user-7", "web");
        match wait_for(sessions.issue(grant, crate::support::at(0))) {
            Ok(_) => println!("it holds"),
            Err(error) => println!("refused: {error:?}"),
        }
    }

    fn arguments() -> Option<(String, String)> {
        let text = std::env::var_os(ARGUMENTS)?.into_string().unwrap();
        let (address, token) = text.split_once(' ').unwrap();
        Some((address.to_owned(), token.to_owned()))
    }
}

const ARGUMENTS: &str = "JWTRAIL_TEST_ARGUMENTS";

pub(crate) struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Process {
    fn start(name: &str, arguments: &[&str]) -> Self {
        Self::start_with(name, arguments, |command| command)
    }

    pub(crate) fn start_with(
        name: &str,
        arguments: &[&str],
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "--nocapture",
                &format!("redis::elsewhere::{name}"),
            ])
            .env(ARGUMENTS, arguments.join(" "))
            .stdout(Stdio::piped());
        let mut child = change(&mut command).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    #[track_caller]
    pub(crate) fn wait_for_line(&mut self, text: &str) {
        let found = self.lines.any(|line| line.unwrap().contains(text));
        assert!(found, "the other process ended and never said `{text}`");
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn finish(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

/// Says when a swap is done, and never answers.
#[derive(Debug)]
struct StopsAfterSwap(Arc<RedisState>);

impl State for StopsAfterSwap {
    fn open(
        &self,
        id: FamilyId,
        family: Family,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<(), StateError>> {
        self.0.open(id, family, until, now)
    }

    fn family(
        &self,
        id: FamilyId,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        self.0.family(id, now)
    }

    fn advance(
        &self,
        id: FamilyId,
        advance: Advance,
        now: Timestamp,
    ) -> Answer<'_, Result<Swap, StateError>> {
        let swap = self.0.advance(id, advance, now);
        Answer::later(async move {
            assert_eq!(swap.await.unwrap(), Swap::Done);
            println!("swapped");
            std::future::pending().await
        })
    }

    fn revoke_family(
        &self,
        id: FamilyId,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, Result<Option<Family>, StateError>> {
        self.0.revoke_family(id, until, now)
    }

    fn revoke<'a>(
        &'a self,
        revocation: Revocation<'a>,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Result<(), StateError>> {
        self.0.revoke(revocation, until, now)
    }

    fn revoked_before<'a>(
        &'a self,
        issuer: &'a str,
        subject: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Result<Option<Timestamp>, StateError>> {
        self.0.revoked_before(issuer, subject, now)
    }

    fn is_revoked<'a>(
        &'a self,
        token: TokenIdentity<'a>,
        now: Timestamp,
    ) -> Answer<'a, Result<bool, StateError>> {
        self.0.is_revoked(token, now)
    }
}
