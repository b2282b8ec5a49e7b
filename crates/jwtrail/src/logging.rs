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
        // Colours would need a feature of the crate, and a line that says what is wrong needs none.
        .with_ansi(false)
        .init();
}
