use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Sends the log to stderr, filtered by `JWTRAIL_LOG` in the syntax of `tracing`'s filters.
///
/// The audit path is not the logging path: no filter here switches an audit record off.
pub(crate) fn start() {
    let filter = EnvFilter::builder()
        .with_env_var("JWTRAIL_LOG")
        .try_from_env()
        .unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
