//! A process that is killed, and one whose disk is full: each test starts itself once more.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use jwtrail_actix::{MonitorSink, Trail, TrailBuilder};
use jwtrail_event::SecretToken;

use crate::capture::{Seen, assert_gapless, seen};
use crate::monitor_stub::{CREDENTIAL, MonitorStub, Told};
use crate::recorder::revoke;

#[actix_web::test]
async fn what_was_committed_outlives_a_kill() {
    if let Some(folder) = folder_of_the_child() {
        record_for_ever(&folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = again(
        "killed::what_was_committed_outlives_a_kill",
        &[],
        folder.path(),
    );
    let mut committed = Vec::new();
    for line in said(&mut child) {
        committed.push(line);
        if committed.len() == 300 {
            break;
        }
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();

    let file = std::fs::read(folder.path().join("audit.ndjson")).unwrap();
    let whole = file.iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let in_the_file = seen(&file[..whole]);
    assert_gapless(&in_the_file);
    assert_eq!(targets(&in_the_file)[..300], committed);

    // The monitor's spool has the same, and the next boot delivers it.
    let told = Told::default();
    let monitor = MonitorStub::start(&told);
    let next = Trail::builder("orders-api")
        .monitor(monitor_sink(&monitor.url(), folder.path()))
        .start()
        .unwrap();
    revoke(&next, "next boot");
    told.lines(|lines| String::from_utf8_lossy(lines).contains("next boot"))
        .await;
    next.stop().await;
    monitor.kill().await;
    let delivered = targets(&seen(&told.lines.borrow()));
    assert_eq!(delivered[..300], committed);
}

#[actix_web::test]
async fn a_full_disk_costs_nothing_while_there_is_room_in_memory() {
    if let Some(folder) = folder_of_the_child() {
        record_past_the_disk(&folder).await;
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "killed::a_full_disk_costs_nothing_while_there_is_room_in_memory";
    // No file may have more than some kilobytes, and who writes more is told so and not killed.
    let shell = ["sh", "-c", "trap '' XFSZ; ulimit -f 32; exec \"$0\" \"$@\""];
    let mut child = again(test, &shell, folder.path());
    let heard: Vec<String> = said(&mut child).collect();
    assert!(child.wait().unwrap().success());
    assert_eq!(heard, ["full", "room"]);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let (moved, new) = (read("moved"), read("audit.ndjson"));
    assert!(!moved.is_empty() && !new.is_empty());
    // Each line is whole, also the last one before the disk was full.
    let records = seen(&[moved, new].concat());
    assert_gapless(&records);
    assert!(records.last().unwrap().last);
    assert_eq!(records.last().unwrap().counts.unwrap().dropped, 0);
}

async fn record_for_ever(folder: &Path) -> ! {
    let trail = trail(folder).sync();
    // Nobody is there.
    let monitor = monitor_sink("http://127.0.0.1:1", folder);
    let trail = trail.monitor(monitor).start().unwrap();
    for number in 0_u64.. {
        let target = format!("number-{number}");
        revoke(&trail, &target);
        assert!(trail.commit().await);
        say(&target);
    }
    unreachable!("there is always another number")
}

async fn record_past_the_disk(folder: &Path) {
    let trail = trail(folder).sync().start().unwrap();
    let mut number = 0;
    let mut recorded = async || {
        revoke(&trail, &format!("number-{number}"));
        number += 1;
        trail.commit().await
    };
    while recorded().await {}
    for _ in 0..10 {
        assert!(!recorded().await);
    }
    say("full");
    // As an operator makes room.
    std::fs::rename(folder.join("audit.ndjson"), folder.join("moved")).unwrap();
    assert!(recorded().await);
    say("room");
    trail.stop().await;
}

fn trail(folder: &Path) -> TrailBuilder {
    Trail::builder("orders-api").file(folder.join("audit.ndjson"))
}

fn monitor_sink(url: &str, folder: &Path) -> MonitorSink {
    let credential = SecretToken::new(CREDENTIAL.to_owned());
    MonitorSink::new(url, credential, folder.join("spool"))
}

/// This test in a process of its own, begun by these words.
fn again(test: &str, before: &[&str], folder: &Path) -> Child {
    let executable = std::env::current_exe().unwrap();
    let mut words: Vec<&std::ffi::OsStr> = before.iter().map(AsRef::as_ref).collect();
    words.push(executable.as_os_str());
    let (program, arguments) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped());
    command.spawn().unwrap()
}

fn folder_of_the_child() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

fn say(what: &str) {
    let line = format!("\n{SAID}{what}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

/// What the child says, without what the harness does.
fn said(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let output: ChildStdout = child.stdout.take().unwrap();
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix(SAID).map(str::to_owned))
}

fn targets(records: &[Seen]) -> Vec<String> {
    let targets = records.iter().filter_map(|record| record.target.clone());
    targets.collect()
}

const FOLDER: &str = "JWTRAIL_TEST_FOLDER";
const SAID: &str = "the child says: ";
