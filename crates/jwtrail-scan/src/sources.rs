//! Log sources: files, commands, standard input, journald, an OTLP receiver, the monitor.
//!
//! Each yields what was written after it was opened, and nothing of what was there before.

mod decoder;
mod file;
mod several;

pub use decoder::mark;
pub use file::LogFile;
pub use several::Several;
