use clap::{Parser, Subcommand};

use crate::commands::{
    config, convert, demo, detect, erase, fingerprint, generate, lint, pseudonym, rules, scan,
    scan_checks, scan_diff, schema, serve,
};
use crate::failure::Failure;

/// Audit trails for services behind JSON Web Tokens
#[derive(Debug, Parser)]
#[command(name = "jwtrail", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Detect(detect::Detect),
    Generate(generate::Generate),
    Convert(convert::Convert),
    Rules(rules::Rules),
    Fingerprint(fingerprint::Fingerprint),
    Pseudonym(pseudonym::Pseudonym),
    Erase(erase::Erase),
    Scan(Box<scan::Scan>),
    ScanChecks(scan_checks::ScanChecks),
    ScanDiff(scan_diff::Compare),
    Lint(lint::Lint),
    Schema(schema::Schema),
    Config(config::Config),
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Serve(command) => command.run(),
            Self::Detect(command) => command.run(),
            Self::Generate(command) => command.run(),
            Self::Convert(command) => command.run(),
            Self::Rules(command) => command.run(),
            Self::Fingerprint(command) => command.run(),
            Self::Pseudonym(command) => command.run(),
            Self::Erase(command) => command.run(),
            Self::Scan(command) => command.run(),
            Self::ScanChecks(command) => command.run(),
            Self::ScanDiff(command) => command.run(),
            Self::Lint(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Config(command) => command.run(),
        }
    }
}

const EXIT_CODES: &str = "\
Exit codes: 0 success, 1 findings, 2 usage, configuration or input, 3 another process did not
answer, 4 this machine failed. Each command's --help says which it uses.";
