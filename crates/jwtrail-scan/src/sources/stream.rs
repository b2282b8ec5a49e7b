use std::sync::Arc;

use jwtrail_event::Clock;
use tokio::io::AsyncRead;

use super::decoder::Decoder;
use super::pipe::{Pipe, Piped};
use crate::observed::{LogSource, ObservedRecord, Polled, UnreadableLog};

/// A stream of log lines: standard input, or whatever the caller has.
#[derive(Debug)]
pub struct LogStream {
    name: String,
    pipe: Pipe,
    decoder: Decoder,
    clock: Arc<dyn Clock>,
}

impl LogStream {
    /// Standard input.
    #[must_use]
    pub fn stdin(clock: Arc<dyn Clock>) -> Self {
        Self::new("standard input", tokio::io::stdin(), clock)
    }

    /// A stream, by a name for people.
    #[must_use]
    pub fn new(
        name: &str,
        stream: impl AsyncRead + Send + Unpin + 'static,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let mut pipe = Pipe::new();
        pipe.read(0, stream);
        Self {
            name: name.to_owned(),
            pipe,
            decoder: Decoder::default(),
            clock,
        }
    }

    fn read(&mut self) -> Result<Vec<ObservedRecord>, UnreadableLog> {
        let mut records = Vec::new();
        let unreadable = |problem: &str, source| {
            Err(UnreadableLog::new(
                self.name.clone(),
                problem.to_owned(),
                source,
            ))
        };
        loop {
            match self.pipe.next() {
                Piped::Bytes(_, bytes) => {
                    records.extend(self.decoder.decode(&bytes, self.clock.now()));
                }
                Piped::Nothing => return Ok(records),
                Piped::End if !records.is_empty() => return Ok(records),
                Piped::End => {
                    return unreadable(
                        "it ended before the scan did; pipe in what follows the log",
                        None,
                    );
                }
                Piped::Failed(error) => return unreadable("reading it failed", Some(error)),
            }
        }
    }
}

impl LogSource for LogStream {
    fn description(&self) -> String {
        self.name.clone()
    }

    fn poll(&mut self) -> Polled<'_> {
        Box::pin(std::future::ready(self.read()))
    }
}
