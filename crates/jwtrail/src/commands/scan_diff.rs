use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use jwtrail_scan::ScanReport;
use jwtrail_scan::formats::{self, ScanDiff};

use crate::failure::{Failure, Kind};
use crate::output::{self, Format};

/// Compare two reports of `jwtrail scan --format json`: what is new, fixed, changed
///
/// A finding whose check did not run the second time is not fixed; it is told by itself.
///
/// Exit codes: 0 nothing is new or worse, 1 something is, 2 a file that is no report, 4 the
/// output could not be written.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The older report
    before: PathBuf,
    /// The newer report
    after: PathBuf,
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Compare {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let diff = ScanDiff::between(&report(&self.before)?, &report(&self.after)?);
        output::print(&match self.format {
            Format::Text => diff.to_string(),
            Format::Json => output::json(&diff)?,
        })?;
        let worse = diff.worse();
        match worse {
            0 => Ok(()),
            1 => Err(Failure::new(Kind::Findings, "1 finding is new or worse")),
            several => Err(Failure::new(
                Kind::Findings,
                format!("{several} findings are new or worse"),
            )),
        }
    }
}

/// A report that a scan wrote.
pub(crate) fn report(path: &Path) -> Result<ScanReport, Failure> {
    let unreadable = |error: &dyn std::error::Error| {
        Failure::usage("cannot read the report")
            .in_file(path)
            .because(error)
    };
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX_REPORT).read_to_string(&mut text))
        .map_err(|error| unreadable(&error))?;
    formats::read_json(&text).map_err(|error| unreadable(&error))
}

/// The largest report that is read, in bytes.
const MAX_REPORT: u64 = 256 * 1024 * 1024;
