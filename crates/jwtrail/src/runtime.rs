use std::future::Future;
use std::io;

use tokio::runtime::{Builder, Runtime as Tokio};

use crate::failure::{Failure, Kind};

/// What a command that waits for sockets and signals runs on.
pub(crate) struct Runtime {
    tokio: Tokio,
    signals: Signals,
}

impl Runtime {
    /// Starts it. From here on Ctrl-C and SIGTERM no longer end the process by themselves.
    pub(crate) fn start() -> Result<Self, Failure> {
        Self::try_start().map_err(|error| {
            Failure::new(Kind::Machine, "cannot wait for sockets and signals").because(&error)
        })
    }

    fn try_start() -> io::Result<Self> {
        let tokio = Builder::new_multi_thread().enable_all().build()?;
        let context = tokio.enter();
        let signals = Signals::listen()?;
        drop(context);
        Ok(Self { tokio, signals })
    }

    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.tokio.block_on(work)
    }

    /// Works until the work is done or somebody asks to stop; none in the second case.
    pub(crate) fn until_stopped<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let Self { tokio, signals } = self;
        tokio.block_on(async {
            tokio::select! {
                result = work => Some(result),
                () = signals.received() => None,
            }
        })
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn received(&mut self) {
        self.0.recv().await;
    }
}
