use std::io;

/// Why the demo could not be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The monitor can't be started.
    #[error("the demo's monitor can't be started")]
    StartMonitor(#[from] jwtrail_monitor::MonitorError),
    /// The example service can't be started.
    #[error("the example service can't be started")]
    StartService(#[from] crate::orders::OrdersError),
    /// The folder for the demo's data can't be made.
    #[error("a folder for the demo's data can't be made; check the temporary folder")]
    Folder(#[source] io::Error),
    /// The HTTP client can't be set up.
    #[error("the HTTP client can't be set up")]
    Client(#[source] reqwest::Error),
    /// The service ended by itself.
    #[error("the example service ended with an error")]
    Serving(#[source] io::Error),
    /// The service does not answer.
    #[error("the example service does not answer")]
    Service(#[source] reqwest::Error),
    /// The service answered otherwise than the demo's script says.
    #[error("{path} was answered with {answered} instead of {expected}")]
    Answer {
        /// The path.
        path: String,
        /// The status of the script.
        expected: u16,
        /// The status that came.
        answered: u16,
    },
    /// A token of the attack programme is not in the catalogue.
    #[error("there is no case {id} in the catalogue of tokens")]
    NoSuchCase {
        /// The case.
        id: &'static str,
    },
    /// A forged token can't stand in a header.
    #[error("the header for {path} can't be sent")]
    Header {
        /// The path.
        path: String,
    },
    /// A token that the service gave can't be read.
    #[error("the service gave a token without {claim}")]
    Token {
        /// What is missing.
        claim: &'static str,
    },
    /// The monitor refuses to answer.
    #[error("the monitor at {url} answers {path} with {status}; check its access token")]
    Monitor {
        /// The monitor.
        url: String,
        /// What was asked.
        path: String,
        /// The status that came.
        status: u16,
    },
    /// The monitor was away for too long.
    #[error("the monitor gave no answer for {seconds} s; what it holds could not be counted")]
    MonitorAway {
        /// How long was waited, in seconds.
        seconds: u64,
    },
}
