use std::convert::Infallible;

use jwtrail_monitor::RunningMonitor;

use crate::failure::Failure;

/// Prints another link that logs in at each SIGUSR1, as long as it is polled: whoever may send the
/// signal is the monitor's own user, or root.
#[cfg(unix)]
pub(super) async fn links(monitor: &RunningMonitor) -> Result<Infallible, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut asked = signal(SignalKind::user_defined1()).map_err(|error| {
        Failure::new(crate::failure::Kind::Machine, "cannot wait for a signal").because(&error)
    })?;
    while asked.recv().await.is_some() {
        if let Err(failure) = print(monitor) {
            // Nobody reads what it prints; its work goes on.
            tracing::warn!("no other link: {}", failure.in_one_line());
        }
    }
    // No signal can come any more; others may.
    std::future::pending().await
}

#[cfg(unix)]
fn print(monitor: &RunningMonitor) -> Result<(), Failure> {
    let link = monitor.login_link();
    let link = link.map_err(|error| super::refusal::of(&error))?;
    crate::output::print(&format!("login: {link}\n"))
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(super) async fn links(_: &RunningMonitor) -> Result<Infallible, Failure> {
    std::future::pending().await
}
