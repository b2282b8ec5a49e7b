mod findings;
mod matrix;

use super::group::Tally;
use super::plain::{plain, plain_lines};
use crate::{CheckOutcome, ScanReport};

/// The report as one HTML file: no script, nothing from elsewhere, light and dark, on a phone as
/// on a desk.
#[must_use]
pub fn to_html(report: &ScanReport) -> String {
    let body = [
        head(report),
        findings::section(report),
        matrix::section(report),
        rest(report),
    ]
    .concat();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{} · jwtrail scan of {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        report.grade,
        escaped(&report.target),
    )
}

fn head(report: &ScanReport) -> String {
    let Tally {
        passed,
        noted,
        failed,
        not_verified,
    } = Tally::of(report);
    let mut facts = vec![
        ("Target", report.target.clone()),
        ("Standard", report.standard.clone()),
    ];
    facts.extend(
        report
            .document
            .clone()
            .map(|document| ("Document", document)),
    );
    facts.push((
        "Log",
        report
            .log_source
            .clone()
            .unwrap_or_else(|| NO_LOG.to_owned()),
    ));
    facts.push(("Scanned", report.timings.started.to_string()));
    facts.push((
        "Took",
        format!(
            "{} requests, {:.1} s, of which {:.1} s for the log",
            report.timings.requests,
            seconds(report.timings.milliseconds),
            seconds(report.timings.settling_milliseconds),
        ),
    ));
    let facts: Vec<String> = facts
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escaped(value)))
        .collect();
    let grade = |name: &str, grade: crate::Grade| {
        format!("<div class=\"grade g{grade}\"><b>{grade}</b><span>{name}</span></div>")
    };
    format!(
        "<header>\n<h1>jwtrail scan</h1>\n<div class=\"grades\">{}{}{}</div>\n\
         <p class=\"tally\">Score {} of 100 · {} passed · {failed} failed · {not_verified} not verified</p>\n\
         <dl>{}</dl>\n</header>\n",
        grade("overall", report.grade),
        grade("enforcement", report.enforcement),
        grade("evidence", report.evidence),
        report.score,
        passed + noted,
        facts.concat(),
    )
}

fn rest(report: &ScanReport) -> String {
    let mut page = String::new();
    let mut list = |title: &str, rows: Vec<(String, String)>| {
        if !rows.is_empty() {
            let rows: Vec<String> = rows
                .iter()
                .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", escaped(name), prose(value)))
                .collect();
            page.push_str(&format!(
                "<section><h2>{title}</h2>\n<dl>{}</dl></section>\n",
                rows.concat()
            ));
        }
    };
    let notes = report.checks.iter().flat_map(|result| {
        result
            .outcome
            .notes()
            .iter()
            .map(|note| (result.check.to_string(), note.clone()))
    });
    list("Notes", notes.collect());
    let not_verified = report.checks.iter().flat_map(|result| {
        let whole = match &result.outcome {
            CheckOutcome::NotVerified { why } => Some(why),
            _ => None,
        };
        whole
            .into_iter()
            .chain(&result.not_verified)
            .map(|why| (result.check.to_string(), why.clone()))
    });
    list("Not verified", not_verified.collect());
    list(
        "Skipped operations",
        report
            .skipped
            .iter()
            .map(|skipped| (skipped.name.clone(), skipped.why.clone()))
            .collect(),
    );
    // A field that has our name needs no line.
    let renamed = report.field_mapping.iter();
    let renamed = renamed.filter(|(ours, theirs)| ours != theirs).cloned();
    list("The log's fields, as they were taken", renamed.collect());
    page
}

fn preformatted(text: &str) -> String {
    in_lines(plain_lines(text).map(|line| escaped(&line)))
}

fn in_lines(lines: impl Iterator<Item = String>) -> String {
    format!("<pre>{}</pre>", lines.collect::<Vec<_>>().join("\n"))
}

/// A text, in which backticks mean code.
fn prose(text: &str) -> String {
    let parts = escaped(text);
    let parts = parts
        .split('`')
        .enumerate()
        .map(|(number, part)| match number % 2 {
            1 => format!("<code>{part}</code>"),
            _ => part.to_owned(),
        });
    parts.collect()
}

/// Text in which nothing is markup, and nothing hides.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1_000.0
}

const NO_LOG: &str = "none was given, so the trail was not looked at";
const STYLE: &str = include_str!("html/report.css");
