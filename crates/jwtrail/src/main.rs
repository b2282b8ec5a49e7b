//! `jwtrail`: protect, watch and prove services behind JSON Web Tokens.
//!
//! This crate holds no logic: it reads the command line, the configuration and the environment,
//! calls the libraries, and turns what comes back into text and an exit code.

mod access;
mod cli;
mod commands;
mod config;
mod document;
mod failure;
mod logging;
mod output;
mod plain;
mod rules;
mod runtime;
mod secret;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match logging::start().and_then(|()| cli.command.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
