use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, watch};

use super::failure::RedisCause;
use super::link::{Connector, Link};

/// Where the connection stands.
pub(super) enum Status {
    /// It is being made, and the attempt before did not fail: calls wait.
    Connecting,
    Up {
        link: Link,
        number: u64,
    },
    /// It could not be made: calls are refused until it can.
    Down(RedisCause),
}

/// What a thread keeps until the last sender of broken connections is gone.
pub(super) struct Kept {
    pub(super) runtime: Handle,
    pub(super) status: watch::Receiver<Status>,
    pub(super) broken: mpsc::Sender<u64>,
}

pub(super) fn start(connector: Connector) -> io::Result<Kept> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (tell, status) = watch::channel(Status::Connecting);
    let (broken, reports) = mpsc::channel(REPORTS);
    let kept = Kept {
        runtime: runtime.handle().clone(),
        status,
        broken,
    };
    std::thread::Builder::new()
        .name("jwtrail-redis".to_owned())
        .spawn(move || runtime.block_on(keep(connector, tell, reports)))?;
    Ok(kept)
}

async fn keep(
    mut connector: Connector,
    status: watch::Sender<Status>,
    mut reports: mpsc::Receiver<u64>,
) {
    let mut number = 0;
    let mut pause = SHORTEST_PAUSE;
    while !reports.is_closed() {
        match connector.connect().await {
            Ok(link) => {
                number += 1;
                pause = SHORTEST_PAUSE;
                status.send_replace(Status::Up { link, number });
                if !breaks(number, &mut reports).await {
                    return;
                }
                if connector.heals_itself() {
                    // Another one in its place, if that is still needed, and no sooner.
                    tokio::time::sleep(LONGEST_PAUSE).await;
                } else {
                    status.send_replace(Status::Connecting);
                }
            }
            Err(cause) => {
                // A cluster's connection may have found its way meanwhile.
                if number == 0 || !connector.heals_itself() {
                    status.send_replace(Status::Down(cause));
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Waits until somebody says that this connection is broken; false when nobody is left.
async fn breaks(number: u64, reports: &mut mpsc::Receiver<u64>) -> bool {
    while let Some(broken) = reports.recv().await {
        if broken == number {
            return true;
        }
    }
    false
}

/// Reports beyond these say what others said.
const REPORTS: usize = 64;
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
