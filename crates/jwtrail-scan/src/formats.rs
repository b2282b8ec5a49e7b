//! Report formats: each is written from a [`ScanReport`] alone, and encodes what it shows for
//! its own context.

mod group;
mod json;
mod plain;
mod text;
mod tokens;

pub use json::{NotAReport, read_json, to_json};
pub use text::{TextStyle, to_text};
pub use tokens::Redactor;
