use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jwtrail_detect::{RuleInfo, documentation};

use crate::failure::Failure;
use crate::{output, rules};

/// List the rules: name, severity, key, and whether other tools can take them
///
/// A portable rule is a Sigma file that says everything in fields of the event: `sigma convert`
/// makes queries of it. A native one says what Sigma can't.
///
/// Exit codes: 0 success, 2 a rule that cannot be read, 4 the output could not be written.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Rules in the place of the shipped ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// The configuration whose settings of rules take the place of the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// A line for each
    Text,
    /// For programs; fields are added, never changed
    Json,
    /// All there is to know, as a page
    Markdown,
}

impl List {
    pub(super) fn run(self) -> Result<(), Failure> {
        let files = rules::configured(self.rules.as_deref(), self.config.as_deref())?;
        let set = rules::parse(&files)?;
        let infos: Vec<&RuleInfo> = set.infos().collect();
        output::print(&match self.format {
            Form::Text => text(&infos),
            Form::Json => output::json(&infos)?,
            Form::Markdown => {
                let files: Vec<(&str, &str)> = rules::borrowed(&files).collect();
                documentation(&files).map_err(|error| rules::refused(&error))?
            }
        })
    }
}

fn text(infos: &[&RuleInfo]) -> String {
    let longest = infos.iter().map(|info| info.name.len()).max();
    let width = longest.unwrap_or_default();
    let line = |info: &&RuleInfo| {
        let form = if info.portable { "portable" } else { "native" };
        let (name, severity, title) = (&info.name, info.severity.as_str(), &info.title);
        let key = info.key();
        format!("{name:<width$}  {severity:<13}  {key:<20}  {form:<8}  {title}\n")
    };
    infos.iter().map(line).collect()
}
