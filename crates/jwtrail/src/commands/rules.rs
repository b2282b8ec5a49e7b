mod backtest;
mod check;
mod export;
mod list;
mod test;

use clap::{Args, Subcommand};

use crate::failure::Failure;

/// Work with the rules: list, check and test them, try them on recorded events, and export them
#[derive(Debug, Args)]
pub(crate) struct Rules {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Check(check::Check),
    Test(test::Test),
    Backtest(backtest::Backtest),
    Export(export::Export),
}

impl Rules {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.action {
            Action::List(command) => command.run(),
            Action::Check(command) => command.run(),
            Action::Test(command) => command.run(),
            Action::Backtest(command) => command.run(),
            Action::Export(command) => command.run(),
        }
    }
}
