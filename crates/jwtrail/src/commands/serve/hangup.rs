use jwtrail_monitor::RunningMonitor;

use crate::failure::Failure;

/// Has the monitor read its rules again at each SIGHUP, as long as it is polled.
#[cfg(unix)]
pub(super) async fn reloads(monitor: &RunningMonitor) -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut hangups = signal(SignalKind::hangup()).map_err(|error| {
        Failure::new(crate::failure::Kind::Machine, "cannot wait for a signal").because(&error)
    })?;
    while hangups.recv().await.is_some() {
        monitor
            .reload_rules()
            .map_err(|error| super::refusal::of(&error))?;
    }
    // No signal can come any more; others may.
    std::future::pending().await
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(super) async fn reloads(_: &RunningMonitor) -> Result<(), Failure> {
    std::future::pending().await
}
