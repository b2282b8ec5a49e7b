use std::path::PathBuf;

use clap::{Args, Subcommand};
use jwtrail_monitor::{QuarantinePolicy, ResponsePolicy};

use super::fingerprint;
use super::serve::{check_configuration, refusal};
use crate::config::{self, Names};
use crate::failure::Failure;
use crate::output;
use crate::rules;

/// Work with the configuration
#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check a configuration: every key, every secret that it names, the rules
    ///
    /// Exit codes: 0 it can be used, 2 it cannot.
    Check {
        /// The configuration
        file: PathBuf,
    },
}

impl Config {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Action::Check { file } = self.action;
        let mut configuration = config::load(Some(&file))?;
        let files = rules::files(configuration.serve.rules.as_deref())?;
        let rules = rules::parse_set(&files, &configuration.rules, &file)?;
        let disabled = configuration.serve.disabled_rules.iter();
        let disabled: Vec<_> = disabled.flat_map(Names::iter).map(str::to_owned).collect();
        rules::all_there(&rules, &disabled).map_err(|failure| failure.in_file(&file))?;
        let mut policy = ResponsePolicy::default();
        policy.rules = configuration.responses.rules();
        let max_time = configuration.quarantine.max_time;
        let max_time = max_time.map_or(QuarantinePolicy::default().max_time, |span| span.0);
        policy
            .check(&rules, max_time)
            .map_err(|error| configuration.responses.locate(&error, refusal::of(&error)))?;
        fingerprint::key(std::mem::take(&mut configuration.fingerprint))?;
        check_configuration(configuration).map_err(|failure| failure.or_in_file(&file))?;
        output::print(&format!("{}: ok\n", file.display()))
    }
}
