//! LOG-04: values cannot break the log.

use crate::check::{About, CheckId, Remedy};
use crate::checks::hostile;
use crate::checks::log_01::no_log;
use crate::finding::{CheckOutcome, CheckResult, Finding, RecordEvidence};
use crate::judge::{self, Verdict};
use crate::observed::ObservedRecord;
use crate::plan::Plan;
use crate::probe::Sent;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};
use crate::sources::mark;

pub(crate) const ABOUT: About = About {
    title: "Values cannot break the log",
    probe: "line ends, terminal controls and JSON in `sub`, `jti`, `kid`, `User-Agent`, `traceparent`",
    expected: "one record, escaped",
    why: "who can write a line can write any line, and nothing in the log is evidence any more",
    severity: Some(Severity::High),
    grade: SubGrade::Evidence,
    cwe: &[117, 93, 116, 150],
    references: &["OWASP ASVS 5.0 16.4.1", "OWASP API8:2023"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes one JSON line a record and escapes every value",
        plain: "write JSON with a library, and never put a value into a line by hand",
    },
};

/// Hostile claims from the catalogue, and hostile headers beside the valid token. A header cannot
/// carry CR and LF at all (RFC 9110 section 5.5); what it can carry is tried.
pub(crate) fn plan(run: &Run<'_>) -> Plan {
    let mut plan = Plan::default();
    if let Some(operation) = run.operations.get(run.deep) {
        plan = run.workshop().cases(CheckId::Log04, run.deep, operation);
    }
    let headers = HEADERS.iter().filter_map(|(variant, name, value)| {
        let title = format!("a hostile `{name}`");
        hostile::probe(run, CheckId::Log04, variant, &title, |request| {
            request.with(name, value)
        })
    });
    plan.probes.extend(headers);
    plan
}

/// Whether each left one record, with everything in it escaped.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log04, no_log());
    }
    let mut result = judge::probes(run, CheckId::Log04);
    let mut verdict = Verdict::default();
    let hostile = |sent: &&Sent| matches!(sent.probe.check, CheckId::Log04 | CheckId::Key03);
    for sent in run.sent.iter().filter(hostile) {
        for record in run.trail.of(&sent.probe.request.ids) {
            let Some(flaw) = broken(record) else {
                continue;
            };
            let mut finding = judge::finding(run, sent, &format!("{}: {flaw}", sent.probe.title));
            finding.check = CheckId::Log04;
            finding.grade = SubGrade::Evidence;
            finding.severity = Severity::High;
            finding.evidence.record = Some(judge::record_evidence(run, sent, &[record]));
            verdict.findings.push(finding);
        }
    }
    let forged = run
        .trail
        .all()
        .iter()
        .find(|record| record.raw.trim() == FORGED);
    if let Some(record) = forged {
        let summary = "a line of the log was written by a claim: its line end was not escaped";
        let mut finding = Finding::new(CheckId::Log04, summary);
        finding.variant = "forged-line".to_owned();
        finding.evidence.record = Some(RecordEvidence::Found(judge::shown(run, record)));
        verdict.findings.push(finding);
    }
    let seen = run.sent.iter().filter(hostile);
    let seen = seen
        .filter(|sent| !run.trail.of(&sent.probe.request.ids).is_empty())
        .count();
    if seen == 0 {
        let why = "none of the hostile requests left a record that could be looked at".to_owned();
        result.outcome = CheckOutcome::NotVerified { why };
        return result;
    }
    if !verdict.findings.is_empty() {
        verdict.findings.extend(result.outcome.findings().to_vec());
        result.outcome = CheckOutcome::Failed {
            findings: verdict.findings,
            notes: result.outcome.notes().to_vec(),
        };
    }
    result
}

/// What a hostile value did to a record.
fn broken(record: &ObservedRecord) -> Option<&'static str> {
    if record.field(mark::CONTROL).is_some() {
        return Some("a terminal control stands in the log as it is");
    }
    if record.raw.contains(['\u{202e}', '\u{2028}', '\u{2029}']) {
        return Some("a line separator or a turn of direction stands in the log as it is");
    }
    // The catalogue's JSON closes a string and adds a member of this name.
    if record.field(mark::DOUBLED).is_some()
        || record.raw.trim_start().starts_with('{') && record.field("x").is_some()
    {
        return Some("a value added a member to the record");
    }
    None
}

/// The line that the catalogue's claims and key ids try to write.
const FORGED: &str = "{\"event\":\"token.accepted\"}";

const HEADERS: [(&str, &str, &str); 5] = [
    (
        "user-agent-json",
        "user-agent",
        "forge\",\"outcome\":\"failure\",\"x\":\"\\",
    ),
    (
        "user-agent-encoded",
        "user-agent",
        "forge%0d%0a{\"event\":\"token.accepted\"}",
    ),
    (
        "user-agent-separators",
        "user-agent",
        "forge\u{2028}\u{202e}\u{85}agent",
    ),
    (
        "user-agent-formula",
        "user-agent",
        "=HYPERLINK(\"http://evil.example\")",
    ),
    ("origin-json", "origin", "http://evil.example\",\"x\":\"1"),
];
