//! Everything that any library logs in this process.

use std::sync::OnceLock;

use jwtrail_testkit::CapturedLines;
use tracing_subscriber::EnvFilter;

pub(crate) fn logs() -> &'static CapturedLines {
    static LOGS: OnceLock<CapturedLines> = OnceLock::new();
    LOGS.get_or_init(|| {
        let captured = CapturedLines::new();
        let writer = captured.clone();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("debug,jwtrail=trace"))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        captured
    })
}
