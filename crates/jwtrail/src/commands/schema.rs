use clap::{Args, ValueEnum};

use crate::config::Configuration;
use crate::failure::Failure;
use crate::output;

/// Print the JSON Schema of the audit event, the configuration or a scan's report
///
/// Exit codes: 0 success, 4 the output could not be written.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// What to describe
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// One line of the audit trail
    Event,
    /// The same as a page of documentation, in Markdown
    EventReference,
    /// The configuration file
    Config,
    /// What `jwtrail scan --format json` writes
    Report,
}

impl Schema {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.of {
            Of::Event => output::print(&jwtrail_event::event_schema()),
            Of::EventReference => output::print(&jwtrail_event::event_reference()),
            Of::Report => output::print(&jwtrail_scan::formats::report_schema()),
            Of::Config => {
                let schema = schemars::schema_for!(Configuration);
                output::print(&format!("{:#}\n", schema.to_value()))
            }
        }
    }
}
