//! Kill -9 at any moment loses nothing that was acknowledged.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::support::{batch, positions};
use jwtrail_event::EventId;
use jwtrail_store::{Embedded, Log as _, Options, Placement, Search as _};

const DIRECTORY: &str = "JWTRAIL_TEST_DIRECTORY";
const ROUND: &str = "JWTRAIL_TEST_ROUND";

#[test]
fn nothing_acknowledged_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let mut known = 0;
    for (round, lines) in [1, 40, 7, 150, 3, 90].into_iter().enumerate() {
        let acknowledged = kill_after(directory.path(), round, lines);
        assert!(acknowledged.len() >= lines);
        known += check(directory.path(), &acknowledged);
    }
    assert!(known >= 291, "{known} events were acknowledged");
}

/// Runs the child until it has printed so many lines, kills it, and gives all it printed.
fn kill_after(directory: &Path, round: usize, lines: usize) -> Vec<(u64, u128)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::child_appends_until_killed",
            "--nocapture",
        ])
        .env(DIRECTORY, directory)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    let mut line = String::new();
    while acknowledged.len() < lines {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "the child ended");
        acknowledged.extend(parse(&line));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What stood in the pipe was acknowledged, too; the last line may be cut.
    let rest: Vec<_> = output.lines().map_while(Result::ok).collect();
    let whole = rest.len().saturating_sub(1);
    acknowledged.extend(rest[..whole].iter().filter_map(|line| parse(line)));
    acknowledged
}

fn parse(line: &str) -> Option<(u64, u128)> {
    let (position, id) = line.trim().strip_prefix("kept ")?.split_once(' ')?;
    Some((position.parse().ok()?, id.parse().ok()?))
}

fn check(directory: &Path, acknowledged: &[(u64, u128)]) -> usize {
    let store = Embedded::open(directory, Options::default()).unwrap();
    for (position, id) in acknowledged {
        let entry = store.entry(*position).unwrap().expect("acknowledged");
        assert_eq!(entry.record().unwrap().event_id, EventId::from_u128(*id));
        let placed = store.append(batch([*id])).wait().unwrap();
        assert_eq!(placed, [Placement::Duplicate(*position)]);
    }
    let all: Vec<u64> = (1..=store.head()).collect();
    assert_eq!(positions(&store.read(0, usize::MAX).unwrap()), all);
    acknowledged.len()
}

/// Does nothing unless it was started by the test above.
#[test]
fn child_appends_until_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let round = std::env::var_os(ROUND).unwrap();
    let round: u128 = round.to_str().unwrap().parse().unwrap();
    let store = Arc::new(Embedded::open(directory, Options::default()).unwrap());
    let append = |thread: u128| {
        let store = Arc::clone(&store);
        move || {
            for step in 0..100_000 {
                let id = (round << 40) + (thread << 32) + step * 2;
                let placed = store.append(batch([id, id + 1])).wait().unwrap();
                let mut out = std::io::stdout().lock();
                for (id, placement) in (id..).zip(placed) {
                    writeln!(out, "kept {} {id}", placement.position()).unwrap();
                }
                out.flush().unwrap();
            }
        }
    };
    let threads: Vec<_> = (0..4).map(|n| std::thread::spawn(append(n))).collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
