mod entrance;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use jwtrail_demo::{DemoError, DemoOptions, ExternalMonitor, Progress as Step, Report, Summary};
use jwtrail_event::SecretToken;

use crate::access;
use crate::failure::{Failure, Kind};
use crate::output::{self, Format, Progress};
use crate::runtime::Runtime;

/// Show everything on this machine: a service, the monitor, honest clients and attackers
///
/// Prints a link that logs in to the dashboard, and goes on until Ctrl-C. With --once it plays a
/// fixed programme and judges it: every attack must raise its alerts, nothing else may, and every
/// request must leave exactly one event.
///
/// A monitor that the same user runs on this machine is used without more; for another one give
/// JWTRAIL_MONITOR_CREDENTIAL (writes events as orders-api) and JWTRAIL_MONITOR_TOKEN (reads the
/// API).
///
/// Exit codes: 0 all as it should be, 1 an attack without its alerts, an alert too many, or an
/// event lost or doubled, 2 usage, 3 the monitor does not answer or does not let us in, 4 the demo
/// could not be played.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Play the fixed programme once, and judge it
    #[arg(long)]
    once: bool,
    /// Write the judgement to a file, as JSON
    #[arg(long, value_name = "FILE", requires = "once")]
    report: Option<PathBuf>,
    /// Use a monitor that runs already, in the place of one of our own
    #[arg(long, value_name = "URL")]
    monitor: Option<String>,
    /// How stdout is written with --once
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "once")]
    format: Format,
}

impl Demo {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let runtime = Runtime::start()?;
        let mut options = DemoOptions::new();
        if let Some(url) = &self.monitor {
            let access = access::to(url)?;
            runtime.block_on(entrance::check(&access))?;
            let credential = SecretToken::new(access.producer_credential);
            let token = SecretToken::new(access.access_token);
            options = options.monitor(ExternalMonitor::new(url.as_str(), credential, token));
        }
        if self.once {
            self.once(runtime, options)
        } else {
            forever(runtime, options)
        }
    }

    fn once(self, mut runtime: Runtime, options: DemoOptions) -> Result<(), Failure> {
        let progress = Arc::new(Mutex::new(Progress::new()));
        let shown = Arc::clone(&progress);
        let options = options.progress(move |step| {
            let mut progress = shown.lock().unwrap_or_else(PoisonError::into_inner);
            progress.show(|| step.to_string());
        });
        let played = runtime.until_stopped(jwtrail_demo::once(options));
        progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        let Some(played) = played else {
            return Err(Failure::new(
                Kind::Findings,
                "stopped before the programme ended",
            ));
        };
        let report = played.map_err(|error| failure(&error))?;
        if let Some(path) = &self.report {
            output::write_file(path, &String::from_utf8_lossy(&report.to_json()))?;
        }
        output::print(&match self.format {
            Format::Text => format!("{report}\n"),
            Format::Json => String::from_utf8_lossy(&report.to_json()).into_owned(),
        })?;
        verdict(&report)
    }
}

fn verdict(report: &Report) -> Result<(), Failure> {
    if report.passed() {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Findings,
        "not every attack alerted, or something else did, or an event is missing or there twice",
    ))
}

/// Plays until Ctrl-C, and tells what happens: that is what it is for, in a pipe as well.
fn forever(mut runtime: Runtime, options: DemoOptions) -> Result<(), Failure> {
    let options = options.progress(|step| {
        // Whoever reads this may go away; the dashboard is still there to look at.
        drop(output::print(&line(step)));
    });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let demo = jwtrail_demo::until(options, async {
        // A sender that has gone asks to stop as well.
        drop(stopped.await);
    });
    let mut demo = Box::pin(demo);
    let ended = match runtime.until_stopped(&mut demo) {
        Some(ended) => ended,
        None => {
            // A demo that has ended already needs no telling.
            stop.send(()).ok();
            runtime.block_on(demo)
        }
    };
    let Summary {
        requests, attacks, ..
    } = ended.map_err(|error| failure(&error))?;
    output::print(&format!("{requests} requests, {attacks} attacks\n"))
}

fn line(step: &Step) -> String {
    match step {
        Step::Monitor {
            login_link: Some(link),
            ..
        } => format!("login: {link}\n"),
        step => format!("{step}\n"),
    }
}

fn failure(error: &DemoError) -> Failure {
    let failure = |kind| Failure::new(kind, "the demo could not be played").because(error);
    match error {
        DemoError::Monitor { .. } | DemoError::MonitorAway { .. } => failure(Kind::Unreachable)
            .remedy("start the monitor with `jwtrail serve`, and give its credential and token"),
        _ => failure(Kind::Machine),
    }
}
