//! Recording: from an event to the sinks.

mod batch;
mod buffer;
mod builder;
#[cfg(feature = "outbound")]
mod delivery;
mod disk;
mod file_sink;
mod lane;
mod meter;
#[cfg(feature = "outbound")]
mod monitor_sink;
#[cfg(feature = "otlp")]
mod otlp_sink;
mod queue;
mod recorder;
mod sink;
#[cfg(feature = "outbound")]
mod spool;
mod worker;

pub use batch::{Batch, Drops};
pub use builder::{TrailBuilder, TrailError};
#[cfg(feature = "otlp")]
pub(crate) use delivery::header_credential;
pub use file_sink::FileSink;
pub(crate) use meter::{Count, Durations, Other, Series, Tally};
#[cfg(feature = "outbound")]
pub use monitor_sink::MonitorSink;
#[cfg(feature = "otlp")]
pub use otlp_sink::OtlpSink;
pub use recorder::Trail;
pub(crate) use recorder::own_correlation;
pub use sink::{Backlog, BacklogGauge, Sink, SinkError, WriterSink};
