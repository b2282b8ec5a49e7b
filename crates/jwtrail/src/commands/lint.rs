use std::path::PathBuf;

use clap::Args;
use jwtrail_scan::{DocumentPlace, Finding};
use serde::Serialize;

use crate::document;
use crate::failure::{Failure, Kind};
use crate::output::{self, Format};
use crate::plain::Plain;

/// Check what OpenAPI documents say about their protection, without calling anybody
///
/// Each protected operation declares its scheme, 401, 403 and 429, and the header that carries
/// the request's id. These are the findings of SPC-01; `jwtrail scan` has them, too.
///
/// Exit codes: 0 nothing found, 1 findings, 2 a file that is no OpenAPI document, 4 the output
/// could not be written.
#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// OpenAPI 3.1 or 3.0, or Swagger 2.0; JSON or YAML
    #[arg(required = true, value_name = "PATH")]
    documents: Vec<PathBuf>,
    /// How stdout is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What stdout says as JSON.
#[derive(Debug, Default, Serialize)]
struct Linted {
    operations: usize,
    findings: Vec<Finding>,
    /// What the reader could not make sense of.
    notes: Vec<Note>,
}

#[derive(Debug, Serialize)]
struct Note {
    place: DocumentPlace,
    text: String,
}

impl Lint {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut linted = Linted::default();
        for path in &self.documents {
            let spec = document::of_file(path)?;
            let name = path.display().to_string();
            linted.operations += spec.operations.len();
            linted.findings.extend(jwtrail_scan::lint(&name, &spec));
            linted.notes.extend(spec.notes.into_iter().map(|note| {
                let at = note.place;
                Note {
                    place: DocumentPlace::new(&name, at.line, at.column, &at.pointer),
                    text: note.text,
                }
            }));
        }
        output::print(&match self.format {
            Format::Text => text(&linted),
            Format::Json => output::json(&linted)?,
        })?;
        match linted.findings.len() {
            0 => Ok(()),
            1 => Err(Failure::new(Kind::Findings, "1 finding")),
            several => Err(Failure::new(Kind::Findings, format!("{several} findings"))),
        }
    }
}

fn text(linted: &Linted) -> String {
    let findings = linted.findings.iter().map(|finding| {
        let about = match &finding.operation {
            Some(operation) => format!("{operation}: {}", finding.summary),
            None => finding.summary.clone(),
        };
        line(finding.place.as_ref(), finding.severity.as_str(), &about)
    });
    let notes = linted.notes.iter();
    let notes = notes.map(|note| line(Some(&note.place), "note", &note.text));
    let mut text: String = findings.chain(notes).collect();
    let (operations, notes) = (linted.operations, linted.notes.len());
    text.push_str(&format!("operations: {operations}, notes: {notes}\n"));
    text
}

fn line(place: Option<&DocumentPlace>, kind: &str, about: &str) -> String {
    let place = place.map_or_else(String::new, |place| {
        format!("{}:{}:{}: ", place.document, place.line, place.column)
    });
    format!("{}{kind}: {}\n", Plain(&place), Plain(about))
}
