mod days;

use std::num::NonZero;
use std::path::PathBuf;
use std::thread;

use clap::Args;
use jwtrail_actix::SystemClock;
use jwtrail_detect::{Replay, RuleSet};
use jwtrail_event::Clock as _;

use self::days::Backtested;
use crate::commands::detect::input::{Input, Read, must_be_some};
use crate::failure::Failure;
use crate::output::{self, Format, Progress};
use crate::rules;

/// Say what rules would have raised on recorded events, for each day and key, and how long it took
///
/// Reads what `jwtrail detect` reads. A day is one of UTC, that of the event which crossed the
/// threshold.
///
/// Exit codes: 0 done, whatever would have been raised; 2 a file or a rule that cannot be read, a
/// rule that is not there, or not one event in all of the files; 4 the output could not be
/// written.
#[derive(Debug, Args)]
pub(super) struct Backtest {
    /// The files, oldest first; - for stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Rules in the place of the shipped ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// The configuration whose settings of rules take the place of the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only this rule; again for another
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Backtest {
    pub(super) fn run(self) -> Result<(), Failure> {
        let rules = rules::configured(self.rules.as_deref(), self.config.as_deref())?;
        let rules = self.chosen(rules::parse(&rules)?)?;
        let inputs = self.files.iter().map(|path| Input::open(path));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let start = SystemClock.now();
        let names: Vec<String> = rules.infos().map(|info| info.name.clone()).collect();
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let mut replay = Replay::new(rules).with_threads(cores);
        let mut progress = Progress::new();
        let mut read = Read::default();
        for input in inputs {
            read.file(input, &mut replay, &mut progress)?;
        }
        drop(progress);
        let (mut alerts, stats) = replay.finish();
        let micros = SystemClock.now().micros_since(start);
        read.warn_of(&stats.skipped);
        must_be_some(stats.events)?;
        if !self.rule.is_empty() {
            alerts.retain(|alert| self.rule.contains(&alert.rule));
        }
        let names = names
            .into_iter()
            .filter(|name| self.rule.is_empty() || self.rule.contains(name));
        let backtested = Backtested::new(names, &alerts, &stats, micros);
        output::print(&match self.format {
            Format::Text => backtested.text(),
            Format::Json => output::json(&backtested)?,
        })
    }

    /// The rules asked for, with those that they need.
    fn chosen(&self, rules: RuleSet) -> Result<RuleSet, Failure> {
        rules::all_there(&rules, &self.rule)?;
        Ok(if self.rule.is_empty() {
            rules
        } else {
            rules.only(self.rule.iter().map(String::as_str))
        })
    }
}
