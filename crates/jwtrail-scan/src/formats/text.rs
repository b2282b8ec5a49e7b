mod paragraph;

use std::fmt::Write as _;

use self::paragraph::{Paragraph, padded};
use super::group::{Group, Tally, groups};
use super::plain::{plain, plain_lines};
use crate::{CheckOutcome, Grade, RecordEvidence, ScanReport, Severity};

/// How text for a terminal looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextStyle {
    /// Columns.
    pub width: usize,
    /// Whether it may have colours.
    pub colour: bool,
}

impl TextStyle {
    /// As it looks in a file or a pipe: 100 columns, no colour.
    #[must_use]
    pub const fn plain() -> Self {
        Self {
            width: 100,
            colour: false,
        }
    }

    /// As it looks on a terminal of so many columns.
    #[must_use]
    pub const fn terminal(columns: usize, colour: bool) -> Self {
        Self {
            width: if columns < NARROWEST {
                NARROWEST
            } else {
                columns
            },
            colour,
        }
    }
}

/// The report as text: the verdict, the operations, what failed with its evidence and remedy,
/// what could not be verified and why.
#[must_use]
pub fn to_text(report: &ScanReport, style: TextStyle) -> String {
    let mut page = Page {
        text: String::new(),
        style,
    };
    page.head(report);
    page.operations(report);
    page.findings(report);
    page.notes(report);
    page.not_verified(report);
    page.mapping(report);
    page.foot(report);
    page.text
}

struct Page {
    text: String,
    style: TextStyle,
}

impl Page {
    fn head(&mut self, report: &ScanReport) {
        let grade = self.paint(&report.grade.to_string(), colour_of(report.grade));
        let line = format!(
            "{grade}  {} of 100 · enforcement {} · evidence {}",
            report.score, report.enforcement, report.evidence
        );
        self.line(&line);
        let mut facts = vec![
            ("target", report.target.as_str()),
            ("standard", &report.standard),
        ];
        if let Some(document) = &report.document {
            facts.push(("document", document));
        }
        facts.push(("log", report.log_source.as_deref().unwrap_or(NO_LOG)));
        for (name, value) in facts {
            self.entry(0, name, 10, &plain(value));
        }
    }

    fn operations(&mut self, report: &ScanReport) {
        if report.operations.is_empty() {
            return;
        }
        self.title("Operations: status with a valid token, and without");
        let longest = report
            .operations
            .iter()
            .map(|operation| operation.name.chars().count());
        let column = longest
            .max()
            .unwrap_or(0)
            .min(self.style.width.saturating_sub(24));
        for operation in &report.operations {
            let status = |status: Option<u16>| {
                status.map_or_else(|| "none".to_owned(), |status| status.to_string())
            };
            let line = format!(
                "  {}  {:>4}  {:>4}",
                padded(&plain(&operation.name), column),
                status(operation.with_token),
                status(operation.without_token),
            );
            self.line(line.trim_end());
        }
        if report.skipped.is_empty() {
            return;
        }
        self.title(&format!(
            "Skipped: {}",
            count(report.skipped.len(), "operation")
        ));
        for skipped in &report.skipped {
            self.entry(2, &plain(&skipped.name), column, &plain(&skipped.why));
        }
    }

    fn findings(&mut self, report: &ScanReport) {
        for group in groups(report) {
            self.finding(&group);
        }
    }

    fn finding(&mut self, group: &Group<'_>) {
        let finding = group.first;
        let about = finding.check.about();
        let severity = finding.severity.as_str().to_ascii_uppercase();
        let severity = self.paint(&severity, colour_of_severity(finding.severity));
        let variant = match finding.variant.as_str() {
            "" => String::new(),
            variant => format!("/{}", plain(variant)),
        };
        self.line("");
        self.line(&format!(
            "{severity} {}{variant} · {}",
            finding.check, finding.grade
        ));
        self.paragraph(2, &plain(&finding.summary));
        let mut place = Vec::new();
        place.extend(finding.operation.as_deref().map(plain));
        if let Some(at) = &finding.place {
            place.push(format!("{}:{}:{}", plain(&at.document), at.line, at.column));
        }
        if !place.is_empty() {
            self.entry(4, "at", 9, &place.join(" · "));
        }
        if !group.others.is_empty() {
            let shown: Vec<String> = group
                .others
                .iter()
                .take(MOST_OTHERS)
                .map(|name| plain(name))
                .collect();
            let more = group.others.len().saturating_sub(MOST_OTHERS);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            self.entry(4, "also at", 9, &format!("{}{more}", shown.join(", ")));
        }
        let evidence = &finding.evidence;
        for (name, value) in [("request", &evidence.request), ("answer", &evidence.answer)] {
            if let Some(value) = value {
                self.lines(4, name, value);
            }
        }
        match &evidence.record {
            Some(RecordEvidence::Found(fields)) => {
                self.entry(4, "record", 9, &plain(&fields.join(" ")))
            }
            Some(RecordEvidence::Searched(what)) => self.entry(4, "record", 9, &plain(what)),
            None => {}
        }
        self.entry(4, "why", 9, about.why);
        self.entry(4, "remedy", 9, about.remedy.plain);
        self.entry(4, "", 9, &format!("with jwtrail: {}", about.remedy.jwtrail));
        let mut sources: Vec<String> = about.cwe.iter().map(|cwe| format!("CWE-{cwe}")).collect();
        sources.extend(
            about
                .references
                .iter()
                .map(|reference| (*reference).to_owned()),
        );
        if !sources.is_empty() {
            self.entry(4, "see", 9, &sources.join(", "));
        }
    }

    fn notes(&mut self, report: &ScanReport) {
        let noted = report
            .checks
            .iter()
            .filter(|result| !result.outcome.notes().is_empty());
        let noted: Vec<_> = noted.collect();
        if noted.is_empty() {
            return;
        }
        self.title("Notes");
        for result in noted {
            for note in result.outcome.notes() {
                self.entry(2, result.check.as_str(), 8, &plain(note));
            }
        }
    }

    fn not_verified(&mut self, report: &ScanReport) {
        let mut rows: Vec<(&str, String)> = Vec::new();
        for result in &report.checks {
            if let CheckOutcome::NotVerified { why } = &result.outcome {
                rows.push((result.check.as_str(), plain(why)));
            }
            rows.extend(
                result
                    .not_verified
                    .iter()
                    .map(|why| (result.check.as_str(), plain(why))),
            );
        }
        if rows.is_empty() {
            return;
        }
        self.title("Not verified");
        for (check, why) in rows {
            self.entry(2, check, 8, &why);
        }
    }

    fn mapping(&mut self, report: &ScanReport) {
        // A field that has our name needs no line.
        let renamed = report.field_mapping.iter();
        let mut renamed = renamed.filter(|(ours, theirs)| ours != theirs).peekable();
        if renamed.peek().is_some() {
            self.title("The log's fields, as they were taken");
        }
        for (ours, theirs) in renamed {
            self.entry(2, &plain(ours), 16, &plain(theirs));
        }
    }

    fn foot(&mut self, report: &ScanReport) {
        let Tally {
            passed,
            noted,
            failed,
            not_verified,
        } = Tally::of(report);
        let timings = &report.timings;
        self.line("");
        self.line(&format!(
            "{} passed, {failed} failed, {not_verified} not verified",
            count(passed + noted, "check"),
        ));
        let mut line = format!(
            "{} in {}, {} of it waiting for the log",
            count(
                usize::try_from(timings.requests).unwrap_or(usize::MAX),
                "request"
            ),
            seconds(timings.milliseconds),
            seconds(timings.settling_milliseconds),
        );
        if let Some(slowest) = timings.slowest_record_milliseconds {
            line.push_str(&format!("; the slowest record took {}", seconds(slowest)));
        }
        self.line(&line);
    }

    fn title(&mut self, title: &str) {
        let title = self.paint(title, BOLD);
        self.line("");
        self.line(&title);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn paragraph(&mut self, indent: usize, text: &str) {
        let paragraph = Paragraph::new(self.style.width).indent(indent);
        self.text.push_str(&paragraph.write(text));
    }

    /// `name  value`, the value's further lines under its first.
    fn entry(&mut self, indent: usize, name: &str, column: usize, value: &str) {
        let paragraph = Paragraph::new(self.style.width)
            .indent(indent)
            .named(name, column);
        self.text.push_str(&paragraph.write(value));
    }

    /// The same for a value of several lines.
    fn lines(&mut self, indent: usize, name: &str, value: &str) {
        for (number, line) in plain_lines(value).enumerate() {
            self.entry(indent, if number == 0 { name } else { "" }, 9, &line);
        }
    }

    fn paint(&self, text: &str, colour: &str) -> String {
        if self.style.colour {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

fn count(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}

fn seconds(milliseconds: u64) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    write!(
        text,
        "{}.{} s",
        milliseconds / 1_000,
        milliseconds % 1_000 / 100
    )
    .ok();
    text
}

const fn colour_of(grade: Grade) -> &'static str {
    match grade {
        Grade::A | Grade::B => "1;32",
        Grade::C => "1;33",
        Grade::D | Grade::F => "1;31",
    }
}

const fn colour_of_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "1;31",
        Severity::High => "31",
        Severity::Medium => "33",
        Severity::Low => "36",
    }
}

const BOLD: &str = "1";
/// Narrower terminals get lines of this width all the same.
const NARROWEST: usize = 40;
/// How many further operations are named.
const MOST_OTHERS: usize = 5;
const NO_LOG: &str = "none was given, so the trail was not looked at; give one with --logs";
