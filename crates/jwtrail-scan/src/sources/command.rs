use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use jwtrail_event::Clock;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use super::decoder::Decoder;
use super::pipe::{Pipe, Piped};
use crate::observed::{LogSource, ObservedRecord, Polled, UnreadableLog};

/// The output of a command that follows a log, as `docker logs --follow --tail 0 orders` does:
/// both what it writes to stdout and to stderr.
///
/// The command and whatever it started are killed when this is dropped. A command that ends by
/// itself is an error: what is written after it would not be seen.
#[derive(Debug)]
pub struct LogCommand {
    name: String,
    child: Child,
    pipe: Pipe,
    stdout: Decoder,
    stderr: Decoder,
    last_error: String,
    clock: Arc<dyn Clock>,
}

impl LogCommand {
    /// Starts a command line with `sh -c`.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(line: &str, clock: Arc<dyn Clock>) -> Result<Self, UnreadableLog> {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        Self::spawn(format!("the command `{line}`"), command, clock)
    }

    /// Follows the journal of a systemd unit, with `journalctl`.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn journal(unit: &str, clock: Arc<dyn Clock>) -> Result<Self, UnreadableLog> {
        // From a moment on, and not from whenever it is ready: nothing is lost between the two.
        let since = format!("--since=@{}", clock.now().as_seconds());
        let unit_option = format!("--unit={unit}");
        let mut command = Command::new("journalctl");
        command.args([
            "--follow",
            "--no-tail",
            "--output=json",
            &since,
            &unit_option,
        ]);
        Self::spawn(format!("the journal of {unit}"), command, clock)
    }

    fn spawn(
        name: String,
        mut command: Command,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, UnreadableLog> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| {
            let problem = match error.kind() {
                io::ErrorKind::NotFound => "its program is not there; install it",
                _ => "it cannot be started",
            };
            UnreadableLog::new(name.clone(), problem.to_owned(), Some(error))
        })?;
        let mut pipe = Pipe::new();
        if let Some(stdout) = child.stdout.take() {
            pipe.read(OUT, stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            pipe.read(ERR, stderr);
        }
        Ok(Self {
            name,
            child,
            pipe,
            stdout: Decoder::default(),
            stderr: Decoder::default(),
            last_error: String::new(),
            clock,
        })
    }

    fn read(&mut self) -> Result<Vec<ObservedRecord>, UnreadableLog> {
        let mut records = Vec::new();
        loop {
            match self.pipe.next() {
                Piped::Bytes(OUT, bytes) => {
                    records.extend(self.stdout.decode(&bytes, self.clock.now()));
                }
                Piped::Bytes(_, bytes) => {
                    let from_stderr = self.stderr.decode(&bytes, self.clock.now());
                    if let Some(last) = from_stderr.last() {
                        self.last_error = last.raw.chars().take(LAST_ERROR).collect();
                    }
                    records.extend(from_stderr);
                }
                Piped::Nothing => return Ok(records),
                // What came before the end is worth having; the end is told next time.
                Piped::End if !records.is_empty() => return Ok(records),
                Piped::End => return Err(self.ended()),
                Piped::Failed(error) => {
                    let problem = "reading what it wrote failed".to_owned();
                    return Err(UnreadableLog::new(self.name.clone(), problem, Some(error)));
                }
            }
        }
    }

    fn ended(&mut self) -> UnreadableLog {
        let how = match self.child.try_wait() {
            Ok(Some(status)) => ending(status),
            _ => "its output ended".to_owned(),
        };
        let said = match self.last_error.as_str() {
            "" => String::new(),
            last => format!(", its last words were: {last}"),
        };
        let problem = format!(
            "{how}{said}; it has to follow the log until it is stopped, as `tail -F -n 0 FILE` does"
        );
        UnreadableLog::new(self.name.clone(), problem, None)
    }
}

impl LogSource for LogCommand {
    fn description(&self) -> String {
        self.name.clone()
    }

    fn poll(&mut self) -> Polled<'_> {
        Box::pin(std::future::ready(self.read()))
    }
}

impl Drop for LogCommand {
    fn drop(&mut self) {
        // Without an id it was waited for, and the id may be another's by now.
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(Pid::from_raw) {
            // A group that has gone needs no killing.
            kill_process_group(group, Signal::KILL).ok();
        }
    }
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended with exit code {code}"),
        None => "it was killed".to_owned(),
    }
}

/// Which of the two a chunk came from.
const OUT: usize = 0;
const ERR: usize = 1;
/// How much of the last line on stderr is repeated, in characters.
const LAST_ERROR: usize = 200;
