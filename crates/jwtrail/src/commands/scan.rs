mod gate;
mod given;
mod verdict;

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use jwtrail_actix::SystemClock;
use jwtrail_scan::formats::{self, TextStyle};
use jwtrail_scan::sources::SourceName;
use jwtrail_scan::spec::Operation;
use jwtrail_scan::{Progress as Step, ScanReport};

use self::gate::{Level, Limit};
use super::scan_diff;
use crate::failure::{Failure, Kind};
use crate::output::{self, Progress};
use crate::runtime::Runtime;
use crate::secret::NamedSecret;

/// Check that a service refuses bad tokens, and that its log shows it
///
/// Calls each protected operation with the token, without it, and with hundreds of bad ones, and
/// compares the answers and the log with what must come of each. The target is a service of yours
/// on this machine or in a private network; for one on the internet repeat its name with
/// --i-own-this-host. Nothing is written unless --allow-writes says so.
///
/// Exit codes: 0 pass, 1 findings over the gate, 2 usage or configuration, 3 the target does not
/// answer or accepts the token nowhere, 4 the log cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// The service
    url: String,
    /// Its OpenAPI document, a file or a URL
    #[arg(long, value_name = "FILE|URL")]
    spec: Option<String>,
    /// Read the documents that it refers to, too: from wherever on the network it says, or, where
    /// it is a file, from this machine
    #[arg(long, requires = "spec")]
    allow_remote_refs: bool,
    /// An operation beside those of the document, such as "GET /orders"; repeatable
    #[arg(long, value_name = "OPERATION", value_parser = operation)]
    operation: Vec<Operation>,
    /// A token that the service accepts: @env:NAME or @file:PATH
    #[arg(long, value_name = "SECRET")]
    token: Option<NamedSecret>,
    /// A token of another user, for objects and limits
    #[arg(long, value_name = "SECRET")]
    second_token: Option<NamedSecret>,
    /// The key that signs the service's tokens, so that bad claims can be signed: PEM, JWK or the
    /// bytes of an HMAC secret
    #[arg(long, value_name = "SECRET")]
    sign_key: Option<NamedSecret>,
    /// The issuer's public key in PEM, or its JWK set
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// An address of this machine where the service fetches its key set, http://ADDRESS/jwks.json:
    /// the public half of --sign-key, and --public-key. With --sign-key the scan makes its own
    /// token, like the one of --token
    #[arg(long, value_name = "ADDRESS")]
    serve_jwks: Option<SocketAddr>,
    /// Where records are looked for, repeatable: FILE, cmd:COMMAND, journald:UNIT, otlp:PORT,
    /// monitor:URL, - for stdin
    #[arg(long, value_name = "SOURCE")]
    logs: Vec<SourceName>,
    /// The token that reads the monitor's events: @env:NAME or @file:PATH
    #[arg(long, value_name = "SECRET")]
    logs_token: Option<NamedSecret>,
    /// Which field of the log is which, where the scan takes it wrongly: TOML, a table `[fields]`
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// How long a record may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    settle: u64,
    /// Requests in a second
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rate: u32,
    /// Requests in all
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    budget: u32,
    /// Scan operations that may change something, too
    #[arg(long)]
    allow_writes: bool,
    /// The target's host, repeated: you own it, and it may be on the internet
    #[arg(long, value_name = "NAME")]
    i_own_this_host: Option<String>,
    /// An operation on an object of the first token's user, for the second token
    #[arg(long, value_name = "OPERATION", value_parser = operation)]
    owned_object: Option<Operation>,
    /// The operation that ends the token's session; tried last
    #[arg(long, value_name = "OPERATION", value_parser = operation)]
    logout: Option<Operation>,
    /// Bad tokens that one address may send before it must be slowed down
    #[arg(long, value_name = "N", default_value_t = 100)]
    failure_limit: u32,
    /// Valid requests that one token may send before it must be slowed down, where tokens have a
    /// limit of their own; it needs --sign-key
    #[arg(long, value_name = "N")]
    token_limit: Option<u32>,
    /// Valid requests that one subject may send before it must be slowed down; none is tried
    /// without it
    #[arg(long, value_name = "N")]
    subject_limit: Option<u32>,
    #[command(flatten)]
    refresh: given::Refresh,
    #[command(flatten)]
    oauth: given::OAuth,
    /// An address of this machine that your alerts are sent to, as a webhook
    #[arg(long, value_name = "ADDRESS")]
    alert_listen: Option<SocketAddr>,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    format: ReportFormat,
    /// Write the report to a file in the place of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What records owe: minimum, strict, or a file
    #[arg(long, value_name = "STANDARD", default_value = "minimum")]
    standard: String,
    /// Exit with 1 when a finding is at least so severe
    #[arg(long, value_name = "SEVERITY", default_value = "high")]
    fail_on: Level,
    /// Exit with 1 when the grade is worse
    #[arg(long, value_name = "GRADE")]
    fail_under: Option<Limit>,
    /// An older report, in JSON: its findings pass the gate
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    /// For people, on a terminal
    Text,
    /// For programs; `jwtrail schema report` describes it, fields are added, never changed
    Json,
    /// For code scanning
    Sarif,
    /// For any CI
    Junit,
    /// For a comment on a pull request
    Markdown,
    /// For people: one file, no script
    Html,
}

impl Scan {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut runtime = Runtime::start()?;
        let options = given::options(&self, &runtime)?;
        let baseline = self
            .baseline
            .as_deref()
            .map(scan_diff::report)
            .transpose()?;
        let log = given::log(&self, &runtime)?;
        let shown = Mutex::new(Progress::new());
        let show = |step: &Step| {
            let mut progress = shown.lock().unwrap_or_else(PoisonError::into_inner);
            progress.show(|| step.to_string());
        };
        let scanned = runtime.until_stopped(jwtrail_scan::scan(options, log, &SystemClock, &show));
        shown.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let Some(scanned) = scanned else {
            return Err(Failure::new(
                Kind::Unreachable,
                "stopped before the scan ended",
            ));
        };
        let report = scanned.map_err(|error| verdict::failure(&error, &self.url))?;
        self.write(&report)?;
        verdict::of(&report, baseline.as_ref(), self.fail_on, self.fail_under)
    }

    fn write(&self, report: &ScanReport) -> Result<(), Failure> {
        let unwritable = |error: serde_json::Error| {
            Failure::new(Kind::Machine, "cannot write the report").because(&error)
        };
        let text = match self.format {
            ReportFormat::Text => formats::to_text(report, style(self.output.is_none())),
            ReportFormat::Json => formats::to_json(report).map_err(unwritable)?,
            ReportFormat::Sarif => formats::to_sarif(report).map_err(unwritable)?,
            ReportFormat::Junit => formats::to_junit(report),
            ReportFormat::Markdown => formats::to_markdown(report),
            ReportFormat::Html => formats::to_html(report),
        };
        match &self.output {
            Some(path) => output::write_file(path, &text),
            None => output::print(&text),
        }
    }

    fn settle(&self) -> Duration {
        Duration::from_secs(self.settle)
    }
}

/// Colours on a terminal and as many columns as it has, neither in a pipe or a file.
fn style(to_stdout: bool) -> TextStyle {
    let stdout = std::io::stdout();
    if to_stdout && stdout.is_terminal() {
        let size = rustix::termios::tcgetwinsize(&stdout).ok();
        TextStyle::terminal(columns(size.map(|size| size.ws_col)), true)
    } else {
        TextStyle::plain()
    }
}

/// How wide a report is on a terminal of so many columns: a narrower one is not readable, in a
/// wider one the eye loses its line. None or zero is a terminal that does not say.
fn columns(of_terminal: Option<u16>) -> usize {
    match of_terminal {
        None | Some(0) => COLUMNS,
        Some(columns) => usize::from(columns).clamp(NARROWEST, WIDEST),
    }
}

/// Columns of a terminal that does not say how many it has.
const COLUMNS: usize = 100;
const NARROWEST: usize = 40;
const WIDEST: usize = 140;

fn operation(text: &str) -> Result<Operation, String> {
    Operation::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn a_report_is_as_wide_as_its_terminal_within_reason() {
        for (terminal, report) in [
            (None, 100),
            (Some(0), 100),
            (Some(20), 40),
            (Some(80), 80),
            (Some(300), 140),
        ] {
            assert_eq!(columns(terminal), report, "{terminal:?}");
        }
    }
}
