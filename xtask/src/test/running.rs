use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

/// Shell commands that run in a process group of their own, their output passed through.
pub(super) struct Running {
    child: Child,
    lines: Receiver<Line>,
}

struct Line {
    from_stdout: bool,
    text: String,
}

impl Running {
    pub(super) fn start(commands: &str, directory: &Path) -> anyhow::Result<Self> {
        for line in commands.lines() {
            println!("$ {line}");
        }
        let mut child = Command::new("bash")
            .args(["-euo", "pipefail", "-c", commands])
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start bash")?;
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            pass_on(stdout, true, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            pass_on(stderr, false, sender);
        }
        Ok(Self { child, lines })
    }

    /// Waits until a line holds the text, and returns the line.
    pub(super) fn wait_for(&mut self, text: &str) -> anyhow::Result<String> {
        while let Some(line) = self.next(SILENCE)? {
            if line.text.contains(text) {
                return Ok(line.text);
            }
        }
        let status = self.child.wait()?;
        anyhow::bail!("the commands ended with {status} and never printed `{text}`")
    }

    /// Waits for the end, which must be success, and returns what was written to stdout.
    pub(super) fn finish(mut self) -> anyhow::Result<String> {
        self.end(SILENCE)
    }

    /// Interrupts the commands, as Ctrl-C does; they must end with success.
    pub(super) fn interrupt(mut self) -> anyhow::Result<()> {
        self.signal("-INT")?;
        self.end(STOPPING).map(drop).context("after Ctrl-C")
    }

    /// Ends commands that would go on for ever.
    pub(super) fn kill(mut self) -> anyhow::Result<()> {
        self.signal("-KILL")?;
        self.child
            .wait()
            .map(drop)
            .context("cannot wait for the commands")
    }

    fn end(&mut self, silence: Duration) -> anyhow::Result<String> {
        let mut stdout = String::new();
        while let Some(line) = self.next(silence)? {
            if line.from_stdout {
                stdout.push_str(&line.text);
                stdout.push('\n');
            }
        }
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the commands ended with {status}");
        Ok(stdout)
    }

    /// The next line, or none when the output has ended.
    fn next(&mut self, silence: Duration) -> anyhow::Result<Option<Line>> {
        match self.lines.recv_timeout(silence) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                anyhow::bail!("the commands neither ended nor wrote anything for {silence:?}")
            }
        }
    }

    fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let group = format!("-{}", self.child.id());
        let status = Command::new("kill").args([signal, "--", &group]).status()?;
        anyhow::ensure!(status.success(), "kill {signal} ended with {status}");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Commands that failed their test may still run.
        if matches!(self.child.try_wait(), Ok(None))
            && let Err(error) = self.signal("-KILL")
        {
            println!("cannot stop the commands: {error:#}");
        }
    }
}

/// How long commands may be silent; a build prints each crate it begins.
const SILENCE: Duration = Duration::from_secs(600);

/// How long commands may be silent after they were interrupted.
const STOPPING: Duration = Duration::from_secs(60);

fn pass_on(stream: impl Read + Send + 'static, from_stdout: bool, lines: Sender<Line>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&line).into_owned();
            println!("  {text}");
            if lines.send(Line { from_stdout, text }).is_err() {
                return;
            }
        }
    });
}
