use super::{escaped, prose};
use crate::{CheckOutcome, CheckResult, ScanReport, Severity};

/// The table of operations and checks. Below it are lists of the checks that are about no single
/// operation, and of those that could not be tried at all.
pub(super) fn section(report: &ScanReport) -> String {
    let (tried, whole): (Vec<&CheckResult>, Vec<&CheckResult>) = report
        .checks
        .iter()
        .partition(|result| !result.operations.is_empty());
    let mut page = "<section><h2>Operations and checks</h2>\n".to_owned();
    if !tried.is_empty() && !report.operations.is_empty() {
        page.push_str(&table(report, &tried));
    }
    let (open, whole): (Vec<&CheckResult>, Vec<&CheckResult>) = whole
        .into_iter()
        .partition(|result| matches!(result.outcome, CheckOutcome::NotVerified { .. }));
    page.push_str(&list("The service as a whole", &whole));
    page.push_str(&list("Not verified: the reasons are below", &open));
    page.push_str("</section>\n");
    page
}

fn list(title: &str, results: &[&CheckResult]) -> String {
    if results.is_empty() {
        return String::new();
    }
    let mut list = format!("<h3>{title}</h3>\n<ul class=\"whole\">");
    for result in results {
        let (class, sign, word) = of_check(result);
        list.push_str(&format!(
            "<li class=\"{class}\"><span aria-hidden=\"true\">{sign}</span> <b>{}</b> {} <small>{word}</small></li>",
            result.check, prose(result.check.about().title),
        ));
    }
    list.push_str("</ul>\n");
    list
}

fn table(report: &ScanReport, tried: &[&CheckResult]) -> String {
    let mut table = "<div class=\"scroll\" role=\"region\" aria-label=\"Operations and checks\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Operation</th><th scope=\"col\" title=\"status with a valid token\">with token</th><th scope=\"col\" title=\"status without a token\">without token</th>".to_owned();
    for result in tried {
        table.push_str(&format!(
            "<th scope=\"col\" class=\"check\" title=\"{}\"><span>{}</span></th>",
            escaped(result.check.about().title),
            result.check,
        ));
    }
    table.push_str("</tr></thead>\n<tbody>\n");
    for (number, operation) in report.operations.iter().enumerate() {
        let status = |status: Option<u16>| {
            status.map_or_else(|| "none".to_owned(), |status| status.to_string())
        };
        table.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>",
            // A path that is too long for a small screen breaks after a stroke, not in a word.
            escaped(&operation.name).replace('/', "/<wbr>"),
            status(operation.with_token),
            status(operation.without_token),
        ));
        for result in tried {
            let (class, sign, word) = of_cell(result, number, &operation.name);
            table.push_str(&format!(
                "<td class=\"cell {class}\" title=\"{} {word}\"><span aria-hidden=\"true\">{sign}</span><span class=\"hidden\">{word}</span></td>",
                result.check,
            ));
        }
        table.push_str("</tr>\n");
    }
    table.push_str("</tbody></table></div>\n<p class=\"legend\"><span><span class=\"cell passed\">✓</span> passed</span> <span><span class=\"cell failed\">✗</span> failed</span> <span><span class=\"cell noted\">!</span> passed with a note</span> <span><span class=\"cell open\">?</span> not verified</span> <span><span class=\"cell\">·</span> not tried here</span></p>\n");
    table
}

type Cell = (&'static str, &'static str, &'static str);

fn of_cell(result: &CheckResult, number: usize, operation: &str) -> Cell {
    let worst = result
        .outcome
        .findings()
        .iter()
        .filter(|finding| match finding.operation.as_deref() {
            Some(name) => name == operation,
            // About the service as a whole: wherever it was tried.
            None => result.operations.contains(&number),
        })
        .map(|finding| finding.severity)
        .max();
    match worst {
        Some(Severity::Critical | Severity::High) => FAILED,
        Some(Severity::Medium | Severity::Low) => FAILED_MILDLY,
        None if !result.operations.contains(&number) => ("", "·", "not tried here"),
        None => match result.outcome {
            CheckOutcome::NotVerified { .. } => OPEN,
            CheckOutcome::PassedWithNote { .. } => NOTED,
            // It failed elsewhere.
            CheckOutcome::Passed | CheckOutcome::Failed { .. } => PASSED,
        },
    }
}

fn of_check(result: &CheckResult) -> Cell {
    match &result.outcome {
        CheckOutcome::Passed => PASSED,
        CheckOutcome::PassedWithNote { .. } => NOTED,
        CheckOutcome::NotVerified { .. } => OPEN,
        CheckOutcome::Failed { findings, .. } => {
            let severe = findings
                .iter()
                .any(|finding| finding.severity >= Severity::High);
            if severe { FAILED } else { FAILED_MILDLY }
        }
    }
}

const PASSED: Cell = ("passed", "✓", "passed");
const NOTED: Cell = ("noted", "!", "passed with a note");
const FAILED: Cell = ("failed", "✗", "failed");
const FAILED_MILDLY: Cell = ("mild", "✗", "failed");
const OPEN: Cell = ("open", "?", "not verified");
