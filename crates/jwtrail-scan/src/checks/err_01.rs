//! ERR-01: refusals say nothing.

use crate::check::{About, CheckId, Remedy};
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::probe::Sent;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Refusals say nothing",
    probe: "the bodies of all refusals",
    expected: "no stack trace, no key, no claim's value",
    why: "the reason helps whoever searches for a hole",
    severity: Some(Severity::Medium),
    grade: SubGrade::Enforcement,
    cwe: &[209],
    references: &["OWASP ASVS 5.0 16.5.1", "NIST SP 800-53 SI-11"],
    remedy: Remedy {
        jwtrail: "`JwtAuth` answers alike whatever the reason, and writes the reason to the trail",
        plain: "answer alike whatever the reason, and write the detail to the log only",
    },
};

/// Whether the bodies of refusals say more than that it was a refusal.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut verdict = Verdict::default();
    let (mut tried, mut told) = (0_u32, Vec::new());
    for sent in &run.sent {
        let Ok(answer) = &sent.answer else {
            continue;
        };
        if !matches!(answer.status, 400 | 401 | 403 | 422 | 500..=599) {
            continue;
        }
        tried += 1;
        let Some(flaw) = talkative(run, sent, &answer.text()) else {
            continue;
        };
        if told.contains(&flaw) {
            continue;
        }
        let mut finding = judge::finding(run, sent, &format!("a refusal's body has {flaw}"));
        told.push(flaw);
        (finding.check, finding.grade) = (CheckId::Err01, SubGrade::Enforcement);
        finding.severity = Severity::Medium;
        verdict.findings.push(finding);
    }
    let mut result = verdict.result(CheckId::Err01, tried > 0, Vec::new());
    result.probes = tried;
    result
}

/// What a body says that it should not.
fn talkative(run: &Run<'_>, sent: &Sent, body: &str) -> Option<&'static str> {
    if TRACES.iter().any(|mark| body.contains(mark)) {
        return Some("a stack trace or the name of a source file");
    }
    if body.contains("-----BEGIN ") || body.contains("\"kty\"") {
        return Some("a key");
    }
    if run.secrets.redact(body) != body {
        return Some("a token");
    }
    let said = sent
        .probe
        .wanted
        .record
        .as_ref()
        .map(|record| &record.said)?;
    let claims = [&said.jti, &said.sub, &said.iss];
    let telling = claims
        .into_iter()
        .flatten()
        .filter(|claim| claim.len() >= TELLING);
    telling
        .into_iter()
        .any(|claim| body.contains(claim.as_str()))
        .then_some("the value of a claim")
}

/// What stands in the stack traces of the usual runtimes.
const TRACES: [&str; 9] = [
    "Traceback (most recent call last)",
    "    at ",
    "\\n    at ",
    "node_modules/",
    "panicked at",
    ".java:",
    ".py\\\", line ",
    ".py\", line ",
    "stack backtrace",
];

/// Shorter values are found everywhere.
const TELLING: usize = 6;
