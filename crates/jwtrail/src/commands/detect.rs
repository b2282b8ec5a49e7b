pub(super) mod input;
pub(super) mod report;

use std::num::NonZero;
use std::path::PathBuf;
use std::thread;

use clap::{Args, ValueEnum};
use jwtrail_actix::SystemClock;
use jwtrail_detect::{Alert, Replay, Severity};
use jwtrail_event::Clock as _;

use self::input::Input;
use self::report::{Report, counted};
use crate::failure::{Failure, Kind};
use crate::output::{self, Format, Progress};
use crate::rules;

/// Run the detectors over recorded audit events
///
/// Reads NDJSON, plain or packed with gzip or zstd, in the order given. A line that is no event
/// is passed over and named.
///
/// Exit codes: 0 done, whatever was found; 1 an alert as severe as --fail-on; 2 a file or a rule
/// that cannot be read, or not one event in all of the files; 4 the output could not be written.
#[derive(Debug, Args)]
pub(crate) struct Detect {
    /// The files, oldest first; - for stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Rules in the place of the shipped ones
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// The configuration whose settings of rules take the place of the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write the alerts to a file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// Write what was done to a file, as JSON: events, seconds, events per second, keys
    #[arg(long, value_name = "FILE")]
    stats: Option<PathBuf>,
    /// Tell of alerts that are part of an outage by the alert of their service
    #[arg(long)]
    collapse: bool,
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exit with 1 when an alert is at least so severe
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<Level>,
}

impl Detect {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let rules = rules::configured(self.rules.as_deref(), self.config.as_deref())?;
        let rules = rules::parse(&rules)?;
        let inputs = self.files.iter().map(|path| Input::open(path));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let start = SystemClock.now();
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let mut replay = Replay::new(rules).with_threads(cores);
        if self.collapse {
            replay = replay.with_collapse();
        }
        let mut progress = Progress::new();
        let mut read = input::Read::default();
        for input in inputs {
            read.file(input, &mut replay, &mut progress)?;
        }
        drop(progress);
        let (alerts, stats) = replay.finish();
        let micros = SystemClock.now().micros_since(start);
        let report = Report::new(alerts, stats, micros);
        read.warn_of(report.skipped());
        input::must_be_some(report.events())?;
        if let Some(path) = &self.alerts {
            output::write_file(path, &report.alert_lines()?)?;
        }
        if let Some(path) = &self.stats {
            output::write_file(path, &report.stats()?)?;
        }
        output::print(&report.rendered(self.format)?)?;
        self.verdict(&report.alerts)
    }

    fn verdict(&self, alerts: &[Alert]) -> Result<(), Failure> {
        let Some(level) = self.fail_on else {
            return Ok(());
        };
        let alone = alerts.iter().filter(|a| a.part_of.is_none());
        let severe = alone.filter(|a| a.severity >= level.severity());
        match severe.count() {
            0 => Ok(()),
            count => Err(Failure::new(
                Kind::Findings,
                format!("{} at least {}", counted(count, "alert"), level.severity()),
            )),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    fn severity(self) -> Severity {
        match self {
            Self::Informational => Severity::Informational,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        }
    }
}
