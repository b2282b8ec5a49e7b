//! A write that the system refuses half way: nothing acknowledged is lost, and the store says
//! what is wrong until it is opened again.
#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::support::{batch, positions};
use jwtrail_store::{Embedded, Log as _, Options, Placement, StoreError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const DIRECTORY: &str = "JWTRAIL_TEST_DIRECTORY";
/// Bytes that a file may have when the child has begun; the log's first events fit.
const FILE_LIMIT: u64 = 64 * 1024;

#[test]
fn a_refused_write_loses_nothing_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let kept = fill(directory.path());
    assert!(kept > 10, "{kept} events were acknowledged");

    let store = Embedded::open(directory.path(), Options::default()).unwrap();
    assert!(store.trouble().is_none());
    let all: Vec<u64> = (1..=store.head()).collect();
    assert_eq!(positions(&store.read(0, usize::MAX).unwrap()), all);
    assert!(store.head() >= kept);
    let again = store.append(batch((1..=kept).map(u128::from))).wait();
    let known: Vec<_> = (1..=kept).map(Placement::Duplicate).collect();
    assert_eq!(again.unwrap(), known);
    let next = u128::from(kept) + 1_000;
    let placed = store.append(batch([next])).wait().unwrap();
    assert_eq!(placed, [Placement::New(store.head())]);
}

/// Lets a child append until the system refuses; how many events were acknowledged.
fn fill(directory: &Path) -> u64 {
    let child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "full::child_appends_until_refused",
            "--nocapture",
        ])
        .env(DIRECTORY, directory)
        .output()
        .unwrap();
    let output = String::from_utf8(child.stdout).unwrap();
    assert!(child.status.success(), "{output}");
    let kept = output.lines().find_map(|line| line.strip_prefix("kept "));
    kept.expect("the child's count").parse().unwrap()
}

/// Does nothing unless it was started by the test above.
#[test]
fn child_appends_until_refused() {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let store = Embedded::open(directory, Options::default()).unwrap();
    assert!(store.trouble().is_none());
    let maximum = getrlimit(Resource::Fsize).maximum;
    let limit = Rlimit {
        current: Some(FILE_LIMIT),
        maximum,
    };
    setrlimit(Resource::Fsize, limit).unwrap();
    let append = |id: u64| store.append(batch([u128::from(id)])).wait();
    let refused = (1_u64..100_000).find_map(|id| append(id).err().map(|error| (id, error)));
    let (id, error) = refused.expect("the system refuses");
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(store.trouble().is_some());
    let later = append(id + 1).unwrap_err();
    assert!(matches!(later, StoreError::Failed { .. }), "{later:?}");
    let trouble = store.trouble();
    assert!(
        matches!(trouble, Some(StoreError::Failed { .. })),
        "{trouble:?}"
    );
    writeln!(std::io::stdout().lock(), "\nkept {}", id - 1).unwrap();
}
