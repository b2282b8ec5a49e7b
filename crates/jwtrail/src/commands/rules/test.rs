mod fixture;

use std::path::{Path, PathBuf};

use clap::Args;
use jwtrail_detect::{RuleInfo, RuleSet};
use serde::Serialize;

use self::fixture::{Kind, Tried};
use crate::commands::detect::report::counted;
use crate::failure::{self, Failure};
use crate::output::{self, Format};
use crate::plain::Plain;
use crate::rules;

/// Run each rule of a directory on its fixtures
///
/// For a rule NAME in DIR/NAME.yml stands in DIR/fixtures/NAME/positive.ndjson what it has to
/// find, in expected.json beside it which keys that raises (one at least, where it isn't there),
/// and in negative.ndjson what it has to leave alone. Where DIR/fixtures/good.ndjson is there, no
/// rule may say anything of it.
///
/// Exit codes: 0 every rule does what its fixtures say, 1 one does not, 2 a file that cannot be
/// read, 4 the output could not be written.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// The directory
    #[arg(value_name = "DIR", default_value = "rules")]
    directory: PathBuf,
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What stdout says as JSON.
#[derive(Debug, Serialize)]
struct Report {
    rules: Vec<Tested>,
}

#[derive(Debug, Serialize)]
struct Tested {
    name: String,
    /// What the rule found in its positive fixture.
    alerts: usize,
    /// Events of all its fixtures.
    events: u64,
    faults: Vec<Fault>,
}

/// What is not as it should be, and where.
#[derive(Debug, Serialize)]
struct Fault {
    file: String,
    /// The line of the event at fault, where there is one.
    line: Option<u64>,
    what: String,
}

impl Test {
    pub(super) fn run(self) -> Result<(), Failure> {
        let set = rules::load(Some(&self.directory))?;
        let tested: Result<Vec<_>, Failure> =
            set.infos().map(|info| self.tested(&set, info)).collect();
        let report = Report { rules: tested? };
        output::print(&match self.format {
            Format::Text => text(&report),
            Format::Json => output::json(&report)?,
        })?;
        let faulty = report.rules.iter().filter(|rule| !rule.faults.is_empty());
        match faulty.count() {
            0 => Ok(()),
            count => Err(Failure::new(
                failure::Kind::Findings,
                format!("{} not as the fixtures say", counted(count, "rule")),
            )),
        }
    }

    fn tested(&self, set: &RuleSet, info: &RuleInfo) -> Result<Tested, Failure> {
        let fixtures = self.directory.join("fixtures");
        let own = fixtures.join(&info.name);
        let mut tested = Tested {
            name: info.name.clone(),
            alerts: 0,
            events: 0,
            faults: Vec::new(),
        };
        for (kind, path) in [
            (Kind::Positive, own.join("positive.ndjson")),
            (Kind::Negative, own.join("negative.ndjson")),
            (Kind::Good, fixtures.join("good.ndjson")),
        ] {
            match Tried::new(set, info, kind, &path)? {
                Some(tried) => {
                    tested.events += tried.events;
                    tested.alerts += tried.raised;
                    tested.faults.extend(tried.faults);
                }
                None if kind == Kind::Good => {}
                None => tested.faults.push(Fault::missing(&path)),
            }
        }
        Ok(tested)
    }
}

impl Fault {
    fn missing(path: &Path) -> Self {
        Self {
            file: path.display().to_string(),
            line: None,
            what: "the fixture is missing; record some events there".to_owned(),
        }
    }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    for rule in &report.rules {
        let verdict = if rule.faults.is_empty() {
            "ok"
        } else {
            "FAULT"
        };
        let (alerts, events) = (counted(rule.alerts, "alert"), counted(rule.events, "event"));
        text.push_str(&format!("{}: {verdict}, {alerts} in {events}\n", rule.name));
        for fault in &rule.faults {
            let line = fault
                .line
                .map_or_else(String::new, |line| format!(":{line}"));
            let (file, what) = (Plain(&fault.file), Plain(&fault.what));
            text.push_str(&format!("  {file}{line}: {what}\n"));
        }
    }
    text.push_str(&format!("{}\n", counted(report.rules.len(), "rule")));
    text
}
