use clap::{Args, ValueEnum};
use jwtrail_scan::CheckId;

use crate::failure::Failure;
use crate::output;

/// List what the scanner checks
///
/// Exit codes: 0 success, 2 usage, 4 the output could not be written.
#[derive(Debug, Args)]
pub(crate) struct ScanChecks {
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// A line for each
    Text,
    /// All there is to know, as a page
    Markdown,
}

impl ScanChecks {
    pub(crate) fn run(self) -> Result<(), Failure> {
        output::print(&match self.format {
            Form::Text => CheckId::ALL.iter().map(|check| line(*check)).collect(),
            Form::Markdown => jwtrail_scan::documentation(),
        })
    }
}

fn line(check: CheckId) -> String {
    let about = check.about();
    let severity = about.severity.map_or("gate", |severity| severity.as_str());
    format!(
        "{check:<6}  {severity:<8}  {:<11}  {}\n",
        about.grade, about.title
    )
}
