use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io::{self, ErrorKind, Write};
use std::pin::Pin;
use std::sync::Arc;

use jwtrail_event::Timestamp;

use super::batch::{Batch, Drops};

/// Where records go: a file, the monitor, or whatever an application adds.
///
/// Each sink of a trail has a thread of its own, with a tokio runtime and a bounded queue, so
/// that one that is slow or fails delays no other. While it blocks, its queue fills; what it
/// can't hand over at once it may keep and hand over from a task.
///
/// ```
/// use jwtrail_actix::{Batch, Sink, SinkError};
///
/// struct Lines(std::sync::mpsc::Sender<Vec<u8>>);
///
/// impl Sink for Lines {
///     fn name(&self) -> &str {
///         "lines"
///     }
///
///     fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
///         self.0.send(batch.bytes().to_vec()).map_err(SinkError::new)
///     }
/// }
/// ```
pub trait Sink: Send {
    /// The sink's name in `audit.dropped`.
    fn name(&self) -> &str;

    /// Called once before the first batch, on the sink's thread.
    fn started(&mut self) {}

    /// Takes a batch over.
    ///
    /// # Errors
    /// When nothing of the batch was taken. It then comes again, until it is taken or the trail
    /// stops; what finds no room in the queue meanwhile is counted as lost.
    fn write(&mut self, batch: &Batch) -> Result<(), SinkError>;

    /// Returns when everything that was taken would outlive the machine; asked for by
    /// [`TrailBuilder::sync`](crate::TrailBuilder::sync) only.
    ///
    /// # Errors
    /// When nobody knows whether it would.
    fn sync(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    /// What the sink lost, of batches that it had taken, since it was last asked.
    fn lost(&mut self) -> Drops {
        Drops::default()
    }

    /// What tells metrics how much the sink holds that is not where it belongs; nothing if it
    /// hands all over at once. Asked for once, before the first batch.
    fn backlog(&self) -> Option<BacklogGauge> {
        None
    }

    /// Hands over what it still holds. The trail gives each sink three seconds, all at once.
    fn close(&mut self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// What a sink holds that is not where it belongs.
///
/// ```
/// use jwtrail_actix::Backlog;
/// assert_eq!(Backlog::default().bytes, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "sinks of an application make it")]
pub struct Backlog {
    /// How much it is.
    pub bytes: u64,
    /// When the oldest of it was recorded, where that is known.
    pub oldest: Option<Timestamp>,
}

/// Looks at a sink's backlog, from another thread than the sink's.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use jwtrail_actix::{Backlog, BacklogGauge};
///
/// let bytes = Arc::new(AtomicU64::new(7));
/// let gauge = BacklogGauge::new(move || Backlog {
///     bytes: bytes.load(Ordering::Relaxed),
///     oldest: None,
/// });
/// assert_eq!(gauge.look().bytes, 7);
/// ```
#[derive(Clone)]
pub struct BacklogGauge(Arc<dyn Fn() -> Backlog + Send + Sync>);

impl BacklogGauge {
    /// Takes what looks at it.
    pub fn new(look: impl Fn() -> Backlog + Send + Sync + 'static) -> Self {
        Self(Arc::new(look))
    }

    /// Looks at it.
    #[must_use]
    pub fn look(&self) -> Backlog {
        (self.0)()
    }
}

impl fmt::Debug for BacklogGauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BacklogGauge").finish()
    }
}

/// A sink that did not take a batch.
///
/// ```
/// use jwtrail_actix::SinkError;
/// let full = SinkError::new(std::io::Error::from(std::io::ErrorKind::StorageFull));
/// assert!(std::error::Error::source(&full).is_some());
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the sink did not take the batch")]
pub struct SinkError {
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl SinkError {
    /// Says why.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
        }
    }
}

/// Writes the lines to anything that can be written to, such as the standard output.
///
/// ```
/// use jwtrail_actix::{Trail, WriterSink};
/// let trail = Trail::builder("orders-api")
///     .sink(Box::new(WriterSink::new("discard", std::io::sink())))
///     .start()?;
/// # drop(trail);
/// # Ok::<(), jwtrail_actix::TrailError>(())
/// ```
#[derive(Debug)]
pub struct WriterSink<W> {
    name: String,
    writer: W,
    /// How much of a batch was written before the writer failed; the batch comes again.
    written: usize,
}

impl<W: Write + Send> WriterSink<W> {
    /// Names the sink and takes the writer over.
    pub fn new(name: &str, writer: W) -> Self {
        Self {
            name: name.to_owned(),
            writer,
            written: 0,
        }
    }
}

impl<W: Write + Send> Sink for WriterSink<W> {
    fn name(&self) -> &str {
        &self.name
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        while let Some(rest @ [_, ..]) = batch.bytes().get(self.written..) {
            match self.writer.write(rest) {
                Ok(0) => return Err(SinkError::new(io::Error::from(ErrorKind::WriteZero))),
                Ok(written) => self.written += written,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(SinkError::new(error)),
            }
        }
        self.writer.flush().map_err(SinkError::new)?;
        self.written = 0;
        Ok(())
    }
}
