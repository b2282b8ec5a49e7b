//! Report formats: each is written from a [`ScanReport`](crate::ScanReport) alone, and encodes
//! what it shows for its own context.

mod diff;
mod group;
mod html;
mod json;
mod junit;
mod markdown;
pub(crate) mod plain;
mod sarif;
mod text;
mod tokens;

pub use diff::{Baseline, Changed, ScanDiff};
pub use html::to_html;
#[cfg(feature = "schema")]
pub use json::report_schema;
pub use json::{NotAReport, read_json, to_json};
pub use junit::to_junit;
pub use markdown::to_markdown;
pub use sarif::to_sarif;
pub use text::{TextStyle, to_text};
pub use tokens::Redactor;
