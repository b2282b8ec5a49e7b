use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Deserialize;

use super::Bench;
use super::variant::Case;
use crate::process;

/// A server of `benches/guard`; it ends when its stdin does.
pub(super) struct Server {
    case: Case,
    child: Child,
    stdin: Option<ChildStdin>,
    address: String,
    log: PathBuf,
}

impl Server {
    /// Starts one; with a file for its profile, under callgrind.
    pub(super) fn start(bench: &Bench, case: Case, profile: Option<&Path>) -> anyhow::Result<Self> {
        let log = bench.folder.join("log");
        let log = log.with_extension(format!("{}-{}", case.variant.name(), case.algorithm.name()));
        let mut command = match profile {
            Some(profile) => callgrind(&bench.program, profile),
            None => Command::new(&bench.program),
        };
        let mut child = command
            .args(["serve", case.variant.name(), case.algorithm.name()])
            .arg(&log)
            .env("ENVOY", bench.envoy().join("bin/envoy"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {case}"))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("its stdout")?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address)?;
        let address = address.trim_end().to_owned();
        anyhow::ensure!(!address.is_empty(), "{case} did not start");
        let mut server = Self {
            case,
            child,
            stdin,
            address,
            log,
        };
        server.reached()?;
        Ok(server)
    }

    /// Waits until its port answers: what starts another program can only tell it the port.
    #[expect(clippy::disallowed_methods, reason = "a deadline of this machine")]
    fn reached(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + STARTING;
        while self.case.variant.is_foreign() && TcpStream::connect(&self.address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("{} ended with {status}", self.case);
            }
            anyhow::ensure!(Instant::now() < deadline, "{} does not answer", self.case);
            thread::yield_now();
        }
        Ok(())
    }

    /// Sends requests in these phases, and says what they cost.
    pub(super) fn load(
        &self,
        bench: &Bench,
        tokens: &Path,
        options: &[&str],
        phases: &[usize],
    ) -> anyhow::Result<Loaded> {
        let mut load = self.load_command(bench, tokens, options, phases);
        let said = process::output(&mut load).with_context(|| self.case.to_string())?;
        serde_json::from_str(&said).context("what the load said")
    }

    /// Begins to send requests, and does not wait.
    pub(super) fn begin_load(
        &self,
        bench: &Bench,
        tokens: &Path,
        options: &[&str],
        phases: &[usize],
    ) -> anyhow::Result<Child> {
        let mut load = self.load_command(bench, tokens, options, phases);
        let load = load.stdin(Stdio::null()).stdout(Stdio::null());
        load.spawn().context("cannot start the load")
    }

    fn load_command(
        &self,
        bench: &Bench,
        tokens: &Path,
        options: &[&str],
        phases: &[usize],
    ) -> Command {
        let mut load = Command::new(&bench.program);
        load.args(["load", self.address.as_str()])
            .arg(tokens)
            .arg(format!("pid={}", self.child.id()))
            .args(options)
            .args(phases.iter().map(ToString::to_string));
        if self.case.variant.passes_any() {
            load.arg("any");
        }
        if self.case.variant.is_foreign() {
            load.arg("loose");
        }
        load
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// Resident memory, in MiB.
    pub(super) fn resident(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        let kilobytes: f64 = kilobytes.context("no VmRSS")?.parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// Ends it, after which every request must have left its line.
    pub(super) fn stop(self, requests: usize) -> anyhow::Result<()> {
        let (case, log) = (self.case, self.log.clone());
        self.end()?;
        if !case.variant.logs() {
            return Ok(());
        }
        let lines = fs::read_to_string(&log).context("the log")?;
        let decided = lines.lines().filter(|line| decision(line)).count();
        fs::remove_file(&log)?;
        anyhow::ensure!(
            decided == requests,
            "{case}: {decided} lines for {requests} requests"
        );
        Ok(())
    }

    /// Ends it.
    pub(super) fn end(mut self) -> anyhow::Result<()> {
        drop(self.stdin.take());
        if self.case.variant.is_foreign() {
            let mut terminate = Command::new("kill");
            process::run(terminate.arg(self.child.id().to_string()))?;
            self.child.wait()?;
        } else {
            let status = self.child.wait()?;
            anyhow::ensure!(status.success(), "{} ended with {status}", self.case);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.stdin.take().is_some()
            && let Err(error) = self.child.kill().and_then(|()| self.child.wait())
        {
            println!("cannot stop {}: {error}", self.case);
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Loaded {
    /// How long a token was, on average.
    pub(super) token_bytes: usize,
    pub(super) phases: Vec<Phase>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Phase {
    pub(super) requests: usize,
    pub(super) cpu_ns: u64,
}

impl Phase {
    /// CPU time of a request, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(super) fn micros(&self) -> f64 {
        self.cpu_ns as f64 / 1_000.0 / self.requests as f64
    }
}

fn callgrind(program: &Path, profile: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args(["-q", "--tool=callgrind"])
        .arg(format!("--dump-before=*{MARK}*"))
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(program);
    command
}

/// Not a heartbeat, nor another record of the trail about itself.
fn decision(line: &str) -> bool {
    let marks = [
        "\"kind\":\"decision\"",
        "bench_guard::tutorial",
        // A proxy's; not for the connection that only saw whether it is there.
        "\"method\":\"GET\"",
    ];
    marks.iter().any(|mark| line.contains(mark))
}

/// How long a server may take until it can be reached.
const STARTING: Duration = Duration::from_secs(60);
/// The function of the server that a mark enters.
const MARK: &str = "guard_bench_mark";
