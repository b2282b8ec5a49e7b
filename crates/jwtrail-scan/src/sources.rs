//! Log sources: files, commands, standard input, journald, an OTLP receiver, the monitor.
//!
//! Each yields what was written after it was opened, and nothing of what was there before.

mod command;
mod decoder;
mod file;
mod monitor;
mod name;
mod otlp;
mod pipe;
mod several;
mod stream;

pub use command::LogCommand;
pub use decoder::mark;
pub use file::LogFile;
pub use monitor::MonitorLog;
pub use name::{NoSuchSource, SourceName};
pub use otlp::OtlpReceiver;
pub use several::Several;
pub use stream::LogStream;
