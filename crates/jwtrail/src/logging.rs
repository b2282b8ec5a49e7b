use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Sends the log to stderr, filtered by `JWTRAIL_LOG` in the syntax of `tracing`'s filters.
///
/// The audit path is not the logging path: no filter here switches an audit record off.
pub(crate) fn start() -> Result<(), Failure> {
    let filter = std::env::var_os(VARIABLE).filter(|text| !text.is_empty());
    let filter = match filter {
        // What is no text is no filter either.
        Some(text) => EnvFilter::try_new(text.to_string_lossy()).map_err(|error| {
            Failure::usage("the filter of the log cannot be read")
                .in_variable(VARIABLE)
                .because(&error)
                .remedy("write a level, such as info, or a filter, such as jwtrail=debug,warn")
        })?,
        None => EnvFilter::new("warn"),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours would need a feature of the crate, and a line that says what is wrong needs none.
        .with_ansi(false)
        .init();
    Ok(())
}

const VARIABLE: &str = "JWTRAIL_LOG";
