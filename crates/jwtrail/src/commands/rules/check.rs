use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::output::{self, Format};
use crate::plain::Plain;
use crate::rules;

/// Check rule files: each problem with its file, its line, and what to do about it
///
/// All of the files are one set: two rules of one name are a problem, and a rule may name
/// another one.
///
/// Exit codes: 0 all can be used, 1 problems, 2 a path that cannot be read, 4 the output could
/// not be written.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Rule files, or directories that hold some (*.yml)
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What stdout says as JSON.
#[derive(Debug, Serialize)]
struct Checked {
    files: usize,
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct Problem {
    file: String,
    line: usize,
    what: String,
    remedy: String,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut files = Vec::new();
        for path in &self.paths {
            files.extend(rules::files_at(path)?);
        }
        let problems = match jwtrail_detect::RuleSet::parse(rules::borrowed(&files)) {
            Ok(_) => Vec::new(),
            Err(error) => error.problems().iter().map(Problem::of).collect(),
        };
        let checked = Checked {
            files: files.len(),
            problems,
        };
        output::print(&match self.format {
            Format::Text => text(&checked),
            Format::Json => output::json(&checked)?,
        })?;
        match checked.problems.len() {
            0 => Ok(()),
            1 => Err(Failure::new(Kind::Findings, "1 problem")),
            several => Err(Failure::new(Kind::Findings, format!("{several} problems"))),
        }
    }
}

impl Problem {
    fn of(problem: &jwtrail_detect::RuleProblem) -> Self {
        Self {
            file: problem.file.clone(),
            line: problem.line,
            what: problem.what.clone(),
            remedy: problem.remedy.clone(),
        }
    }
}

fn text(checked: &Checked) -> String {
    let mut text = String::new();
    for problem in &checked.problems {
        let Problem {
            file,
            line,
            what,
            remedy,
        } = problem;
        text.push_str(&format!("{}:{line}: {}\n", Plain(file), Plain(what)));
        text.push_str(&format!("  help: {}\n", Plain(remedy)));
    }
    let (files, problems) = (checked.files, checked.problems.len());
    text.push_str(&format!("files: {files}, problems: {problems}\n"));
    text
}
