//! What lets `jwtrail demo --monitor URL` into a monitor that the same user runs on this machine.

use std::cell::Cell;
use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jwtrail_monitor::{MonitorError, RunningMonitor};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Kind};
use crate::output;

/// The file that a running monitor keeps for its own user, named after its port.
///
/// There is none where the monitor listens for other machines, or the user has no home.
pub(crate) struct Access {
    path: Option<PathBuf>,
    /// Whether the file is there, as far as we know.
    written: Cell<bool>,
}

/// What the file holds.
#[derive(Deserialize, Serialize)]
pub(crate) struct Content {
    pub(crate) url: String,
    pub(crate) producer_credential: String,
    pub(crate) access_token: String,
}

impl Access {
    pub(crate) fn of(monitor: &RunningMonitor) -> Self {
        let address = monitor.address();
        let directory = directory().filter(|_| address.ip().is_loopback());
        Self {
            path: directory.map(|directory| file(&directory, address.port())),
            written: Cell::new(false),
        }
    }

    /// Writes the file, with a fresh token. A monitor does its work without it, in a home that
    /// can't be written to as well.
    pub(crate) fn publish(&self, monitor: &RunningMonitor) {
        match self.write(monitor) {
            Ok(()) => self.written.set(true),
            Err(failure) => tracing::warn!(
                "`jwtrail demo --monitor` will need {CREDENTIAL} and {TOKEN}, and all else works \
                 without the file that would give them: {}",
                failure.in_one_line()
            ),
        }
    }

    fn write(&self, monitor: &RunningMonitor) -> Result<(), Failure> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let content = content(monitor).map_err(|error| {
            Failure::new(Kind::Machine, "the monitor gives no access").because(&error)
        })?;
        if let Some(directory) = path.parent() {
            private_directory(directory).map_err(|error| {
                Failure::new(Kind::Machine, "cannot make the directory")
                    .in_file(directory)
                    .because(&error)
            })?;
        }
        output::write_secret_file(path, &output::json(&content)?)
    }

    /// Writes it again before its token expires, for ever.
    pub(crate) async fn renewed(&self, monitor: &RunningMonitor) -> Infallible {
        loop {
            tokio::time::sleep(RENEWAL).await;
            self.publish(monitor);
        }
    }

    /// Removes the file: what it lets into has stopped.
    pub(crate) fn withdraw(&self) -> Result<(), Failure> {
        let Some(path) = self.path.as_ref().filter(|_| self.written.get()) else {
            return Ok(());
        };
        fs::remove_file(path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(Failure::new(Kind::Machine, "cannot remove the file")
                .in_file(path)
                .because(&error)),
        })
    }
}

/// What lets into the monitor at a URL: the environment, or the file of one on this machine.
pub(crate) fn to(url: &str) -> Result<Content, Failure> {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Failure::usage(format!("`{url}` is no URL of a monitor"))
            .remedy("write it as http://HOST:PORT, as `jwtrail serve` prints it"));
    }
    let kept = match local_port(url) {
        Some(port) => read(port)?,
        None => None,
    };
    let (credential, token) = kept.map_or((None, None), |kept| {
        (Some(kept.producer_credential), Some(kept.access_token))
    });
    let missing = |name: &str| {
        Failure::usage(format!("nothing lets us into the monitor at {url}")).remedy(format!(
            "set {name}, or run `jwtrail serve` as this user on this machine"
        ))
    };
    Ok(Content {
        url: url.to_owned(),
        producer_credential: variable(CREDENTIAL)
            .or(credential)
            .ok_or_else(|| missing(CREDENTIAL))?,
        access_token: variable(TOKEN).or(token).ok_or_else(|| missing(TOKEN))?,
    })
}

fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.into_string().ok()?;
    Some(value).filter(|value| !value.is_empty())
}

/// The port of a URL that leads to this machine: what is kept for it goes nowhere else.
fn local_port(url: &str) -> Option<u16> {
    let authority = url.strip_prefix("http://")?.split('/').next()?;
    let (host, port) = authority.rsplit_once(':')?;
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
        .then(|| port.parse().ok())
        .flatten()
}

/// Reads the file of the monitor on a port of this machine.
fn read(port: u16) -> Result<Option<Content>, Failure> {
    let Some(path) = directory().map(|directory| file(&directory, port)) else {
        return Ok(None);
    };
    let unusable = |error: &dyn std::error::Error| {
        Failure::usage("cannot use the monitor's access file")
            .in_file(&path)
            .because(error)
            .remedy("start the monitor again; it writes the file anew")
    };
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| unusable(&error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(&error)),
    }
}

fn content(monitor: &RunningMonitor) -> Result<Content, MonitorError> {
    let credential = monitor.producer_credential(PRODUCER, &[DEMO_SERVICE])?;
    Ok(Content {
        url: format!("http://{}", monitor.address()),
        producer_credential: credential.expose().to_owned(),
        access_token: monitor.access_token()?.expose().to_owned(),
    })
}

/// `$XDG_STATE_HOME/jwtrail`, by default under `~/.local/state`.
fn directory() -> Option<PathBuf> {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = named("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| named("HOME").map(|home| Path::new(&home).join(".local/state")))?;
    Some(state.join("jwtrail"))
}

fn file(directory: &Path, port: u16) -> PathBuf {
    directory.join(format!("{port}.json"))
}

fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The producer that stands for the user of this machine.
const PRODUCER: &str = "local";

/// The service of the demo, and of the tests.
const DEMO_SERVICE: &str = "orders-api";

/// Where the credential and the token of any other monitor are.
pub(crate) const CREDENTIAL: &str = "JWTRAIL_MONITOR_CREDENTIAL";
pub(crate) const TOKEN: &str = "JWTRAIL_MONITOR_TOKEN";

/// Half of a token's life.
const RENEWAL: Duration = Duration::from_secs(6 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::local_port;

    #[test]
    fn what_is_kept_for_this_machine_goes_nowhere_else() {
        assert_eq!(local_port("http://127.0.0.1:7780"), Some(7780));
        assert_eq!(local_port("http://localhost:7780/"), Some(7780));
        assert_eq!(local_port("http://[::1]:7780/x"), Some(7780));
        for elsewhere in [
            "http://192.0.2.1:7780",
            "http://127.0.0.1.example:7780",
            "http://127.0.0.1:7780@192.0.2.1:7780",
            "https://127.0.0.1:7780",
            "127.0.0.1:7780",
        ] {
            assert_eq!(local_port(elsewhere), None, "{elsewhere}");
        }
    }
}
