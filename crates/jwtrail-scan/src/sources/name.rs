use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jwtrail_event::{Clock, SecretToken};

use super::{LogCommand, LogFile, LogStream, MonitorLog, OtlpReceiver};
use crate::observed::{LogSource, UnreadableLog};

/// A log source by its name, as the command line takes it.
///
/// ```
/// use jwtrail_scan::sources::SourceName;
/// let name: SourceName = "cmd:docker logs -f --tail 0 orders".parse().unwrap();
/// assert_eq!(name, SourceName::Command("docker logs -f --tail 0 orders".to_owned()));
/// assert!("otlp:orders".parse::<SourceName>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceName {
    /// `PATH` or `file:PATH`: a file, followed.
    File(PathBuf),
    /// `cmd:LINE`: what a command writes.
    Command(String),
    /// `journald:UNIT`: the journal of a systemd unit.
    Journal(String),
    /// `otlp` or `otlp:PORT` or `otlp:ADDRESS:PORT`: an OTLP/HTTP receiver.
    Otlp(SocketAddr),
    /// `monitor:URL`: a jwtrail monitor.
    Monitor(String),
    /// `-`: standard input.
    Stdin,
}

impl SourceName {
    /// Opens the source; only what is written from now on counts.
    ///
    /// # Errors
    /// When it can't be read; for a monitor also without a credential.
    pub async fn open(
        &self,
        credential: Option<SecretToken>,
        clock: Arc<dyn Clock>,
    ) -> Result<Box<dyn LogSource>, UnreadableLog> {
        Ok(match self {
            Self::File(path) => Box::new(LogFile::open(path, clock)?),
            Self::Command(line) => Box::new(LogCommand::start(line, clock)?),
            Self::Journal(unit) => Box::new(LogCommand::journal(unit, clock)?),
            Self::Otlp(address) => Box::new(OtlpReceiver::listen(*address, clock)?),
            Self::Stdin => Box::new(LogStream::stdin(clock)),
            Self::Monitor(url) => {
                let Some(token) = credential else {
                    let place = format!("the monitor {url}");
                    let problem =
                        "it asks for a token that may read events; give one by @env: or @file:";
                    return Err(UnreadableLog::new(place, problem.to_owned(), None));
                };
                Box::new(MonitorLog::open(url, token, clock).await?)
            }
        })
    }
}

impl std::str::FromStr for SourceName {
    type Err = NoSuchSource;

    fn from_str(text: &str) -> Result<Self, NoSuchSource> {
        let refused = |name: &str| NoSuchSource {
            name: name.to_owned(),
        };
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "-" if rest.is_empty() => Ok(Self::Stdin),
            "otlp" => otlp(rest).map(Self::Otlp).ok_or_else(|| refused(text)),
            "cmd" | "journald" | "monitor" | "file" if rest.trim().is_empty() => Err(refused(text)),
            "cmd" => Ok(Self::Command(rest.to_owned())),
            "journald" => Ok(Self::Journal(rest.to_owned())),
            "monitor" => Ok(Self::Monitor(rest.to_owned())),
            "file" => Ok(Self::File(rest.into())),
            _ if text.is_empty() => Err(refused(text)),
            _ => Ok(Self::File(text.into())),
        }
    }
}

fn otlp(text: &str) -> Option<SocketAddr> {
    let loopback = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    if text.is_empty() {
        return Some(loopback(OTLP_PORT));
    }
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().map(loopback))
}

/// Text that names no log source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` names no log source; there are FILE, cmd:COMMAND, journald:UNIT, otlp:PORT, monitor:URL and -"
)]
pub struct NoSuchSource {
    /// The text.
    pub name: String,
}

/// OTLP/HTTP's port.
const OTLP_PORT: u16 = 4318;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_has_its_name() {
        let read = |text: &str| text.parse::<SourceName>().ok();
        let file = |path: &str| Some(SourceName::File(path.into()));
        let otlp = |text: &str| Some(SourceName::Otlp(text.parse().unwrap()));
        assert_eq!(read("audit.ndjson"), file("audit.ndjson"));
        assert_eq!(read("file:a:b"), file("a:b"));
        assert_eq!(read("C:/a.log"), file("C:/a.log"));
        assert_eq!(read("-"), Some(SourceName::Stdin));
        assert_eq!(read("otlp"), otlp("127.0.0.1:4318"));
        assert_eq!(read("otlp:9"), otlp("127.0.0.1:9"));
        assert_eq!(read("otlp:[::1]:9"), otlp("[::1]:9"));
        assert_eq!(
            read("journald:orders"),
            Some(SourceName::Journal("orders".to_owned()))
        );
        assert_eq!(
            read("monitor:https://m"),
            Some(SourceName::Monitor("https://m".to_owned()))
        );
        for text in ["", "cmd:", "cmd: ", "otlp:x", "journald:"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
