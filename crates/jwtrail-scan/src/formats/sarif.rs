use serde_json::{Value, json};

use super::plain::plain;
use crate::{CheckId, Finding, RecordEvidence, ScanReport, Severity};

/// The report in SARIF 2.1.0, as code scanning reads it: each finding points at its operation's
/// line in the document.
///
/// # Errors
/// Never for a report of a scan; the type of its parts would allow it.
pub fn to_sarif(report: &ScanReport) -> serde_json::Result<String> {
    let rules: Vec<Value> = CheckId::ALL.iter().map(|check| rule(*check)).collect();
    let results: Vec<Value> = report
        .findings()
        .map(|finding| result(report, finding))
        .collect();
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "jwtrail",
                "semanticVersion": report.scanner_version,
                "informationUri": REPOSITORY,
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "startTimeUtc": report.timings.started.to_string(),
            }],
            "results": results,
            "properties": {
                "target": plain(&report.target),
                "standard": report.standard,
                "score": report.score,
                "grade": report.grade,
                "enforcement": report.enforcement,
                "evidence": report.evidence,
            },
        }],
    });
    let mut text = serde_json::to_string_pretty(&sarif)?;
    text.push('\n');
    Ok(text)
}

fn rule(check: CheckId) -> Value {
    let about = check.about();
    let severity = about.severity.unwrap_or(Severity::Critical);
    let tags: Vec<String> = std::iter::once("security".to_owned())
        .chain(
            about
                .cwe
                .iter()
                .map(|cwe| format!("external/cwe/cwe-{cwe:03}")),
        )
        .collect();
    let remedy = format!(
        "{}. With jwtrail: {}.",
        about.remedy.plain, about.remedy.jwtrail
    );
    json!({
        "id": check.as_str(),
        "name": check.as_str().replace('-', ""),
        "shortDescription": { "text": message(about.title) },
        "fullDescription": { "text": message(&format!("{}. {}.", about.title, about.why)) },
        "help": {
            "text": message(&format!("Sent: {}. Expected: {}. Remedy: {remedy}", about.probe, about.expected)),
            "markdown": format!(
                "**Sent**: {}\n\n**Expected**: {}\n\n**Remedy**: {}\n\n**With jwtrail**: {}\n\n**See**: {}\n",
                about.probe, about.expected, about.remedy.plain, about.remedy.jwtrail, about.references.join(", "),
            ),
        },
        "helpUri": format!("{REPOSITORY}/blob/main/docs/checks.md#{}", check.anchor()),
        "defaultConfiguration": { "level": level(severity) },
        "properties": {
            "tags": tags,
            "precision": "very-high",
            "security-severity": security_severity(severity),
        },
    })
}

fn result(report: &ScanReport, finding: &Finding) -> Value {
    let index = CheckId::ALL
        .iter()
        .position(|check| *check == finding.check);
    let (check, variant, operation, grade) = finding.identity();
    let mut location = json!({ "physicalLocation": physical(report, finding) });
    if let (Some(operation), Some(location)) = (&finding.operation, location.as_object_mut()) {
        let logical = json!([{ "fullyQualifiedName": plain(operation), "kind": "resource" }]);
        location.insert("logicalLocations".to_owned(), logical);
    }
    json!({
        "ruleId": check.as_str(),
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": message(&sentence(finding)) },
        "locations": [location],
        "partialFingerprints": {
            "jwtrailFinding/v1": plain(&format!("{check}/{variant}/{grade}/{operation}")),
        },
        "properties": {
            "severity": finding.severity,
            "grade": finding.grade,
            "security-severity": security_severity(finding.severity),
            "evidence": evidence(finding),
        },
    })
}

fn sentence(finding: &Finding) -> String {
    let mut sentence = finding.summary.clone();
    if let Some(operation) = &finding.operation {
        sentence.push_str(&format!(" ({operation})"));
    }
    if !finding.variant.is_empty() {
        sentence.push_str(&format!(" [{}]", finding.variant));
    }
    sentence
}

fn evidence(finding: &Finding) -> Vec<String> {
    let evidence = &finding.evidence;
    let record = match &evidence.record {
        Some(RecordEvidence::Found(fields)) => Some(format!("record: {}", fields.join(" "))),
        Some(RecordEvidence::Searched(what)) => Some(format!("record: {what}")),
        None => None,
    };
    let request = evidence
        .request
        .as_ref()
        .map(|request| format!("request: {request}"));
    let answer = evidence
        .answer
        .as_ref()
        .map(|answer| format!("answer: {answer}"));
    let parts = [request, answer, record];
    parts
        .into_iter()
        .flatten()
        .map(|part| plain(&part))
        .collect()
}

/// Where the document speaks of it; else the document; else the service.
fn physical(report: &ScanReport, finding: &Finding) -> Value {
    match (&finding.place, &report.document) {
        (Some(place), _) => json!({
            "artifactLocation": artifact(&place.document),
            "region": { "startLine": place.line.max(1), "startColumn": place.column.max(1) },
        }),
        (None, Some(document)) => json!({
            "artifactLocation": artifact(document),
            "region": { "startLine": 1 },
        }),
        (None, None) => json!({ "artifactLocation": { "uri": uri(&report.target) } }),
    }
}

/// A relative path is one below the repository's root.
fn artifact(document: &str) -> Value {
    if document.contains("://") {
        json!({ "uri": uri(document) })
    } else if document.starts_with('/') {
        json!({ "uri": format!("file://{}", uri(document)) })
    } else {
        let relative = document.trim_start_matches("./");
        json!({ "uri": uri(relative), "uriBaseId": "%SRCROOT%" })
    }
}

/// The text with whatever may not stand in a URI percent-encoded (RFC 3986 section 2).
fn uri(text: &str) -> String {
    let mut uri = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/:?&=+,;@!$'()*%".contains(&byte);
        if plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// Plain text in which brackets make no link (SARIF section 3.11.6).
fn message(text: &str) -> String {
    plain(text)
        .replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// The figure that code scanning sorts by, in the bands of CVSS.
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
