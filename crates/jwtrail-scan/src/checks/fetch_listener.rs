use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A port of this machine that nobody may call: `jku` and `x5u` point to it.
pub(crate) struct FetchListener {
    address: SocketAddr,
    connections: Arc<AtomicU32>,
    accepting: JoinHandle<()>,
}

impl FetchListener {
    pub(crate) async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&connections);
        let accepting = tokio::spawn(async move {
            // Whoever connects has shown what he does; he gets no answer.
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                drop(stream);
            }
        });
        Ok(Self {
            address,
            connections,
            accepting,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/jwks.json", self.address)
    }

    /// Closes the port; how many came.
    pub(crate) fn stop(self) -> u32 {
        self.accepting.abort();
        self.connections.load(Ordering::Relaxed)
    }
}
