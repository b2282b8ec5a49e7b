use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use jwtrail_detect::RuleError;
use jwtrail_store::StoreError;

/// Why a monitor could not be started, or could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MonitorError {
    /// A rule can't be set so.
    #[error(transparent)]
    RuleSetting(#[from] jwtrail_detect::RuleSettingError),
    /// The address can't be listened on.
    #[error("cannot listen on {address}: {source}; {}", listen_remedy(source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The store can't be opened or used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the data directory can't be read or written.
    #[error("cannot use {path}: {source}; {}", file_remedy(source))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the data directory does not hold what it should.
    #[error("{path} is damaged ({problem}); restore it from a backup or remove it")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// There is no monitor's data in a folder.
    #[error("there is no monitor's data in {path}; name the folder that `serve` was given")]
    NoData {
        /// The folder.
        path: PathBuf,
    },
    /// Who is to be erased is under quarantine.
    #[error(
        "a quarantine names the subject, and would end with it; release it first, or wait until it \
         ends"
    )]
    Held,
    /// A row of the quarantine list can't be read.
    #[error(
        "the quarantine list in the store is damaged ({problem}); restore the data from a backup"
    )]
    QuarantineRow {
        /// What is wrong.
        problem: String,
    },
    /// The quarantine's limits can't be used.
    #[error("quarantine: {problem}")]
    QuarantinePolicy {
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// A rule can't respond as it is told to.
    #[error("the response of `{rule}`: {problem}")]
    Response {
        /// The rule's name.
        rule: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A row of the responses can't be read.
    #[error("the responses in the store are damaged ({problem}); restore the data from a backup")]
    ResponseRow {
        /// What is wrong.
        problem: String,
    },
    /// A file that holds secrets can be read by others.
    #[error("{path} can be read by others; run: chmod 600 {path}")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The directory of rules can't be read.
    #[error("cannot read the rules in {path}: {source}; check the directory's name and rights")]
    RuleFiles {
        /// The directory or the file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory of rules holds none.
    #[error("there are no rule files (*.yml, *.yaml) in {path}; choose another directory")]
    NoRules {
        /// The directory.
        path: PathBuf,
    },
    /// The configuration switches a rule off that there is not.
    #[error("there is no rule `{rule}` to switch off; write its `name` as it stands in its file")]
    NoSuchRule {
        /// The rule's name.
        rule: String,
    },
    /// A rule is wrong.
    #[error("{0}")]
    Rule(#[from] RuleError),
    /// An output of alerts can't be used.
    #[error("output `{name}`: {problem}")]
    Output {
        /// The output's name.
        name: String,
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// An output's secret would go over an unprotected connection.
    #[error(
        "output `{name}`: {secret} would go over http, where anybody on the way can read it; use \
         https, or `dangerous_plain_http`"
    )]
    PlainHttp {
        /// The output's name.
        name: String,
        /// What would go there.
        secret: &'static str,
    },
    /// The origin that browsers see can't be used.
    #[error("public_url `{url}` is not an origin; write it as https://host or https://host:port")]
    PublicUrl {
        /// The URL as given.
        url: String,
    },
    /// A producer can't be registered.
    #[error("producer `{name}`: {problem}")]
    Producer {
        /// The producer's name.
        name: String,
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes; keys can't be made")]
    NoRandomness,
    /// A thread can't be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
    /// Sessions can't be set up or a token can't be minted.
    #[error("cannot mint a token: {0}")]
    Session(#[from] jwtrail_session::SessionError),
    /// The audit trail can't be started.
    #[error("cannot start the monitor's own audit trail: {0}")]
    Trail(#[from] jwtrail_actix::TrailError),
    /// Sessions can't be set up.
    #[error("cannot set up the monitor's sessions: {0}")]
    Sessions(#[from] jwtrail_session::UnusableSessions),
    /// The signing key can't be used.
    #[error("cannot use the monitor's signing key: {0}; remove keys.json to make new keys")]
    SigningKey(#[from] jwtrail_session::UnusableKey),
    /// The key of the signatures can't be used.
    #[error("cannot use the monitor's signing key: {0}; remove keys.json to make new keys")]
    Key(#[from] jwtrail_actix::verify::KeyError),
    /// The keys of the signatures can't be used together.
    #[error("cannot use the monitor's signing key: {0}; remove keys.json to make new keys")]
    KeySet(#[from] jwtrail_actix::verify::KeySetError),
    /// The key of the fingerprints can't be used.
    #[error("cannot use the monitor's fingerprint key: {0}; remove keys.json to make new keys")]
    FingerprintKey(#[from] jwtrail_event::UnusableFingerprintKey),
    /// The API can't be protected.
    #[error("cannot protect the monitor's own API: {0}")]
    Protection(#[from] jwtrail_actix::JwtAuthError),
    /// The monitor has stopped.
    #[error("the monitor has stopped")]
    Stopped,
}

impl MonitorError {
    /// What to do about an address or a file that the system refuses.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Listen { source, .. } => Some(listen_remedy(source)),
            Self::File { source, .. } => Some(file_remedy(source)),
            _ => None,
        }
    }
}

fn listen_remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => "stop what listens there or choose another address",
        io::ErrorKind::AddrNotAvailable => "choose an address of this machine, or 0.0.0.0 for all",
        io::ErrorKind::PermissionDenied => {
            "this user may not listen on such a port; choose one from 1024 on"
        }
        _ => "choose another address",
    }
}

fn file_remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::PermissionDenied => {
            "let this user read and write it, or name another data directory"
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "name a data directory on a disk that can be written to"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "name a directory, where no file is in the way"
        }
        _ => "check the data directory, and that it belongs to this user",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_depends_on_what_the_system_said() {
        let file = |kind: io::ErrorKind| MonitorError::File {
            path: "data".into(),
            source: kind.into(),
        };
        let full = file(io::ErrorKind::StorageFull);
        assert_eq!(full.remedy(), Some("make room on the disk"));
        let read_only = file(io::ErrorKind::ReadOnlyFilesystem).to_string();
        assert!(read_only.ends_with("; name a data directory on a disk that can be written to"));
        let elsewhere = MonitorError::Listen {
            address: ([192, 0, 2, 1], 7780).into(),
            source: io::ErrorKind::AddrNotAvailable.into(),
        };
        assert!(
            elsewhere
                .remedy()
                .unwrap()
                .starts_with("choose an address of this machine")
        );
    }
}
