use super::group::{Group, Tally, groups};
use super::plain::{plain, plain_lines};
use crate::{CheckOutcome, RecordEvidence, ScanReport};

/// The report in Markdown, as a comment on a pull request or a job's summary shows it.
#[must_use]
pub fn to_markdown(report: &ScanReport) -> String {
    let mut page = format!(
        "## jwtrail scan: {} ({} of 100)\n\n\
         Enforcement **{}**, evidence **{}**, by the standard {}. {}\n",
        report.grade,
        report.score,
        report.enforcement,
        report.evidence,
        escaped(&report.standard),
        tally(report),
    );
    page.push_str(&format!("\nTarget: {}", code(&report.target)));
    if let Some(document) = &report.document {
        page.push_str(&format!(", document: {}", code(document)));
    }
    match &report.log_source {
        Some(log) => page.push_str(&format!(", log: {}\n", code(log))),
        None => page.push_str(". No log was given, so the trail was not looked at.\n"),
    }
    let groups = groups(report);
    if !groups.is_empty() {
        page.push_str("\n### Findings\n\n| severity | check | what | where |\n|---|---|---|---|\n");
        for group in &groups {
            page.push_str(&row(group));
        }
        for group in &groups {
            page.push_str(&details(group));
        }
    }
    operations(report, &mut page);
    not_verified(report, &mut page);
    page
}

fn tally(report: &ScanReport) -> String {
    let Tally {
        passed,
        noted,
        failed,
        not_verified,
    } = Tally::of(report);
    format!(
        "{} checks passed, {failed} failed, {not_verified} not verified.",
        passed + noted
    )
}

fn row(group: &Group<'_>) -> String {
    let finding = group.first;
    let place = match (&finding.operation, group.others.len()) {
        (None, _) => "the service".to_owned(),
        (Some(operation), 0) => code(operation),
        (Some(operation), others) => format!("{} and {others} more", code(operation)),
    };
    let variant = match finding.variant.as_str() {
        "" => String::new(),
        variant => format!(" {}", code(variant)),
    };
    format!(
        "| {} | {}{variant} | {} | {place} |\n",
        finding.severity,
        finding.check,
        escaped(&finding.summary),
    )
}

fn details(group: &Group<'_>) -> String {
    let finding = group.first;
    let about = finding.check.about();
    let mut text = format!(
        "\n<details><summary>{} {}: evidence and remedy</summary>\n\n",
        finding.check,
        html_escaped(&finding.summary),
    );
    if let Some(place) = &finding.place {
        text.push_str(&format!(
            "At {}\n\n",
            code(&format!(
                "{}:{}:{}",
                place.document, place.line, place.column
            ))
        ));
    }
    for (name, value) in [
        ("Request", &finding.evidence.request),
        ("Answer", &finding.evidence.answer),
    ] {
        if let Some(value) = value {
            text.push_str(&format!("{name}:\n\n{}\n", block(value)));
        }
    }
    match &finding.evidence.record {
        Some(RecordEvidence::Found(fields)) => text.push_str(&format!(
            "Record:\n\n{}\n",
            fenced(&fields.iter().map(|field| plain(field)).collect::<Vec<_>>())
        )),
        Some(RecordEvidence::Searched(what)) => {
            text.push_str(&format!("Record: {}\n\n", escaped(what)))
        }
        None => {}
    }
    text.push_str(&format!(
        "Why: {}\n\nRemedy: {}\n\nWith jwtrail: {}\n\nSee: {}\n\n</details>\n",
        about.why,
        about.remedy.plain,
        about.remedy.jwtrail,
        about.references.join(", "),
    ));
    text
}

fn operations(report: &ScanReport, page: &mut String) {
    if report.operations.is_empty() {
        return;
    }
    page.push_str("\n### Operations\n\n| operation | with a token | without |\n|---|---|---|\n");
    for operation in &report.operations {
        let status = |status: Option<u16>| {
            status.map_or_else(|| "none".to_owned(), |status| status.to_string())
        };
        page.push_str(&format!(
            "| {} | {} | {} |\n",
            code(&operation.name),
            status(operation.with_token),
            status(operation.without_token),
        ));
    }
    for skipped in &report.skipped {
        page.push_str(&format!(
            "\nSkipped: {}, {}\n",
            code(&skipped.name),
            escaped(&skipped.why)
        ));
    }
}

fn not_verified(report: &ScanReport, page: &mut String) {
    let mut rows = String::new();
    for result in &report.checks {
        if let CheckOutcome::NotVerified { why } = &result.outcome {
            rows.push_str(&format!("- {}: {}\n", result.check, escaped(why)));
        }
        for why in &result.not_verified {
            rows.push_str(&format!("- {}: {}\n", result.check, escaped(why)));
        }
    }
    if !rows.is_empty() {
        page.push_str(&format!("\n### Not verified\n\n{rows}"));
    }
}

/// Text in which nothing is markup, a mention, or the end of a table's cell.
fn escaped(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => markdown.push_str("&lt;"),
            '>' => markdown.push_str("&gt;"),
            '&' => markdown.push_str("&amp;"),
            // An entity: a backslash would not keep it from naming somebody.
            '@' => markdown.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '!'
            | '|' | '~' | '=' | ':' => {
                markdown.push('\\');
                markdown.push(c);
            }
            c => markdown.push(c),
        }
    }
    markdown
}

fn html_escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '@' => html.push_str("&#64;"),
            '`' | '*' | '_' | '[' | ']' | '|' => html.push_str(&format!("&#{};", u32::from(c))),
            c => html.push(c),
        }
    }
    html
}

/// A span of code that fits into a table's cell.
fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A block of code that nothing in it can end.
fn block(text: &str) -> String {
    fenced(&plain_lines(text).collect::<Vec<_>>())
}

fn fenced(lines: &[String]) -> String {
    let text = lines.join("\n");
    let fence = "`".repeat((longest_run(&text) + 1).max(3));
    format!("{fence}text\n{text}\n{fence}\n")
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
