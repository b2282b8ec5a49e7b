use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::plain::Plain;

/// How a command writes what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs; fields are added, never changed
    Json,
}

/// Writes to stdout.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}

/// Says on stderr what should be known and stops nothing.
pub(crate) fn warn(text: &str) {
    let line = format!("warning: {}\n", Plain(text));
    // Without a stderr there is nobody left to tell.
    drop(io::stderr().lock().write_all(line.as_bytes()));
}

/// A value as a line of JSON.
pub(crate) fn json_line(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map(|text| text + "\n")
        .map_err(|error| unwritable(&error))
}

/// A value as JSON for people and programs alike.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| unwritable(&error))
}

fn unwritable(error: &serde_json::Error) -> Failure {
    Failure::new(Kind::Machine, "cannot write the result as JSON").because(error)
}

/// Writes a file whole or not at all: a reader never sees half of it.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    write(path, text, false)
}

/// Writes a file that only its owner may read.
pub(crate) fn write_secret_file(path: &Path, text: &str) -> Result<(), Failure> {
    write(path, text, true)
}

fn write(path: &Path, text: &str, secret: bool) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options
        .open(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        Failure::new(Kind::Machine, "cannot write the file")
            .in_file(path)
            .because(&error)
    })
}

/// A line on a terminal that says how far long work has come; nothing where stderr is no
/// terminal.
pub(crate) struct Progress {
    shown: bool,
    terminal: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            shown: false,
            terminal: io::stderr().is_terminal(),
        }
    }

    /// Replaces the line.
    pub(crate) fn show(&mut self, text: impl FnOnce() -> String) {
        if self.terminal {
            self.shown = true;
            self.write(&format!("\r\x1b[2K{}", text()));
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&mut self) {
        if self.shown {
            self.shown = false;
            self.write("\r\x1b[2K");
        }
    }

    fn write(&mut self, text: &str) {
        let mut stderr = io::stderr().lock();
        // Progress is a courtesy: a terminal that has gone must not stop the work.
        if stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush())
            .is_err()
        {
            self.terminal = false;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
