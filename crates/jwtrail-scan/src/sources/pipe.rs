use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

/// Bytes of streams, read by tasks so that whoever writes them is not held up between polls.
#[derive(Debug)]
pub(super) struct Pipe {
    sender: Option<Sender<Chunk>>,
    receiver: Receiver<Chunk>,
    tasks: Vec<JoinHandle<()>>,
}

/// Bytes of a stream by its number, or what kept it from being read.
type Chunk = io::Result<(usize, Vec<u8>)>;

/// What came next.
pub(super) enum Piped {
    /// Bytes of a stream.
    Bytes(usize, Vec<u8>),
    /// Nothing by now.
    Nothing,
    /// Nothing any more.
    End,
    /// A stream that can't be read.
    Failed(io::Error),
}

impl Pipe {
    pub(super) fn new() -> Self {
        let (sender, receiver) = channel(CHUNKS);
        Self {
            sender: Some(sender),
            receiver,
            tasks: Vec::new(),
        }
    }

    /// Reads one more stream.
    pub(super) fn read(&mut self, number: usize, stream: impl AsyncRead + Send + Unpin + 'static) {
        if let Some(sender) = self.sender.clone() {
            self.tasks
                .push(tokio::spawn(forward(number, stream, sender)));
        }
    }

    pub(super) fn next(&mut self) -> Piped {
        // The end is there once no reader has a sender any more.
        self.sender = None;
        match self.receiver.try_recv() {
            Ok(Ok((number, bytes))) => Piped::Bytes(number, bytes),
            Ok(Err(error)) => Piped::Failed(error),
            Err(TryRecvError::Empty) => Piped::Nothing,
            Err(TryRecvError::Disconnected) => Piped::End,
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn forward(number: usize, mut stream: impl AsyncRead + Unpin, sender: Sender<Chunk>) {
    loop {
        let mut bytes = vec![0; CHUNK_SIZE];
        let read = stream.read(&mut bytes).await;
        let (chunk, last) = match read {
            Ok(0) => return,
            Ok(length) => {
                bytes.truncate(length);
                (Ok((number, bytes)), false)
            }
            Err(error) => (Err(error), true),
        };
        // Without a receiver nobody wants the rest.
        if sender.send(chunk).await.is_err() || last {
            return;
        }
    }
}

/// How many chunks wait at most; then the writer waits.
const CHUNKS: usize = 256;
/// How many bytes a chunk has at most.
const CHUNK_SIZE: usize = 64 * 1024;
