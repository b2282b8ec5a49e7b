use std::io;
use std::net::SocketAddr;

use crate::client::ClientError;
use crate::observed::UnreadableLog;
use crate::report::SkippedOperation;
use crate::target::TargetError;

/// A scan that came to no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The target is not scanned.
    #[error("the target cannot be scanned")]
    Target(#[from] TargetError),
    /// No client can be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The token is no JSON Web Token.
    #[error("the token is no signed JSON Web Token in compact form")]
    Token,
    /// There is nothing to scan.
    #[error("there is no operation to scan")]
    NoOperation {
        /// What was passed over, and why.
        skipped: Vec<SkippedOperation>,
    },
    /// Nothing answers.
    #[error("the target does not answer: {problem}")]
    Down {
        /// What happened.
        problem: String,
    },
    /// The token is accepted nowhere.
    #[error("the token is accepted by no operation, so nothing can be said about bad ones")]
    NotProven {
        /// Each operation with the token and without.
        table: Vec<String>,
        /// What was passed over, and why.
        skipped: Vec<SkippedOperation>,
        /// Where the service should have fetched the key set that the scanner serves, and has not.
        unfetched: Option<String>,
    },
    /// A key set is to be served, and there is no key for it.
    #[error("there is no public key to serve")]
    NoKeyToServe,
    /// The listener of KEY-02 or ALR-01, or that of the key set, cannot be opened.
    #[error("cannot listen on {address}")]
    Listener {
        /// Where; port 0 is any.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Log(#[from] UnreadableLog),
}
