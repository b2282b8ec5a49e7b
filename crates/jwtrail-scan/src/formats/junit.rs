use super::plain::plain;
use crate::{CheckOutcome, CheckResult, Finding, RecordEvidence, ScanReport, SubGrade};

/// The report as JUnit XML: a test case for each check, so that any CI shows it.
#[must_use]
pub fn to_junit(report: &ScanReport) -> String {
    let suites = [SubGrade::Enforcement, SubGrade::Evidence].map(|grade| suite(report, grade));
    let seconds = seconds(report.timings.milliseconds);
    let (tests, failures, skipped) = counts(&report.checks.iter().collect::<Vec<_>>());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"jwtrail scan\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"{seconds}\">\n\
         {}</testsuites>\n",
        suites.concat(),
    )
}

fn suite(report: &ScanReport, grade: SubGrade) -> String {
    let checks: Vec<&CheckResult> = report
        .checks
        .iter()
        .filter(|result| result.check.about().grade == grade)
        .collect();
    let (tests, failures, skipped) = counts(&checks);
    let graded = match grade {
        SubGrade::Enforcement => report.enforcement,
        SubGrade::Evidence => report.evidence,
    };
    let mut xml = format!(
        "  <testsuite name=\"{grade}\" hostname=\"{}\" timestamp=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"0\">\n",
        escaped(&report.target),
        report.timings.started.to_string().trim_end_matches('Z'),
    );
    xml.push_str("    <properties>\n");
    for (name, value) in [
        ("grade", graded.to_string()),
        ("score", report.score.to_string()),
        ("standard", report.standard.clone()),
    ] {
        xml.push_str(&format!(
            "      <property name=\"{name}\" value=\"{}\"/>\n",
            escaped(&value)
        ));
    }
    xml.push_str("    </properties>\n");
    for result in checks {
        xml.push_str(&case(result, grade));
    }
    xml.push_str("  </testsuite>\n");
    xml
}

fn case(result: &CheckResult, grade: SubGrade) -> String {
    let name = escaped(&format!("{} {}", result.check, result.check.about().title));
    let open = format!("    <testcase classname=\"jwtrail.{grade}\" name=\"{name}\" time=\"0\"");
    let inner = match &result.outcome {
        CheckOutcome::Passed => String::new(),
        CheckOutcome::PassedWithNote { notes } => {
            format!(
                "      <system-out>{}</system-out>\n",
                escaped_lines(&notes.join("\n"))
            )
        }
        CheckOutcome::NotVerified { why } => {
            format!("      <skipped message=\"{}\"/>\n", escaped(why))
        }
        CheckOutcome::Failed { findings, .. } => failure(result, findings),
    };
    if inner.is_empty() {
        format!("{open}/>\n")
    } else {
        format!("{open}>\n{inner}    </testcase>\n")
    }
}

fn failure(result: &CheckResult, findings: &[Finding]) -> String {
    let worst = findings.iter().map(|finding| finding.severity).max();
    let first = findings.first().map_or("", |finding| &finding.summary);
    let more = match findings.len() {
        0 | 1 => String::new(),
        several => format!(" (and {} more)", several - 1),
    };
    let about = result.check.about();
    let mut text = String::new();
    for finding in findings {
        text.push_str(&told(finding));
    }
    text.push_str(&format!(
        "remedy: {}\nwith jwtrail: {}\n",
        about.remedy.plain, about.remedy.jwtrail
    ));
    format!(
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
        worst.map_or("critical", crate::Severity::as_str),
        escaped(&format!("{first}{more}")),
        escaped_lines(&text),
    )
}

fn told(finding: &Finding) -> String {
    let mut text = finding.summary.clone();
    if let Some(operation) = &finding.operation {
        text.push_str(&format!("\nat: {operation}"));
    }
    if let Some(place) = &finding.place {
        text.push_str(&format!(
            "\nin: {}:{}:{}",
            place.document, place.line, place.column
        ));
    }
    for (name, value) in [
        ("request", &finding.evidence.request),
        ("answer", &finding.evidence.answer),
    ] {
        if let Some(value) = value {
            text.push_str(&format!("\n{name}: {value}"));
        }
    }
    match &finding.evidence.record {
        Some(RecordEvidence::Found(fields)) => {
            text.push_str(&format!("\nrecord: {}", fields.join(" ")))
        }
        Some(RecordEvidence::Searched(what)) => text.push_str(&format!("\nrecord: {what}")),
        None => {}
    }
    text.push_str("\n\n");
    text
}

fn counts(checks: &[&CheckResult]) -> (usize, usize, usize) {
    let failed = checks
        .iter()
        .filter(|result| matches!(result.outcome, CheckOutcome::Failed { .. }));
    let skipped = checks
        .iter()
        .filter(|result| matches!(result.outcome, CheckOutcome::NotVerified { .. }));
    (checks.len(), failed.count(), skipped.count())
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

/// Text for an attribute or an element: nothing in it is markup, and every character is one that
/// XML 1.0 section 2.2 allows.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => xml.push(char::REPLACEMENT_CHARACTER),
            c => xml.push(c),
        }
    }
    xml
}

fn escaped_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    lines.join("\n")
}
