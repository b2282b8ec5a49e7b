use std::error::Error;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;

use super::batch::{Batch, Drops};

/// Where records go: a file, the monitor, or whatever an application adds.
///
/// All sinks of a trail are called on its one sink thread, inside a tokio runtime of that
/// thread, so a sink must not block for long; what it can't hand over at once it keeps and
/// hands over from a task.
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

    /// Called once before the first batch, on the sink thread.
    fn started(&mut self) {}

    /// Takes a batch over.
    ///
    /// # Errors
    /// When nothing of the batch was taken; its records are then counted as lost.
    fn write(&mut self, batch: &Batch) -> Result<(), SinkError>;

    /// What the sink lost, of batches that it had taken, since it was last asked.
    fn lost(&mut self) -> Drops {
        Drops::default()
    }

    /// Hands over what it still holds. The trail gives all sinks together three seconds.
    fn close(&mut self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
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
}

impl<W: Write + Send> WriterSink<W> {
    /// Names the sink and takes the writer over.
    pub fn new(name: &str, writer: W) -> Self {
        Self {
            name: name.to_owned(),
            writer,
        }
    }
}

impl<W: Write + Send> Sink for WriterSink<W> {
    fn name(&self) -> &str {
        &self.name
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        self.writer
            .write_all(batch.bytes())
            .and_then(|()| self.writer.flush())
            .map_err(SinkError::new)
    }
}
