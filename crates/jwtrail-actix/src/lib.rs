//! Strict JWT protection for actix-web that leaves one audit event for every decision.

mod clock;
mod internal_events;
#[cfg(feature = "outbound")]
mod outbound;
mod random;
mod trail;

pub use clock::SystemClock;
#[cfg(feature = "outbound")]
pub use outbound::{Outbound, OutboundAnswer, OutboundBuilder, OutboundError, OutboundRequest};
#[cfg(feature = "outbound")]
pub use trail::MonitorSink;
pub use trail::{
    Batch, Drops, FileSink, Sink, SinkError, Trail, TrailBuilder, TrailError, WriterSink,
};
