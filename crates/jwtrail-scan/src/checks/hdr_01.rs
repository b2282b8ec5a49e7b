//! HDR-01: refusals have the right form.

use crate::check::{About, CheckId, Remedy};
use crate::client::Answer;
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::probe::Sent;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Refusals have the right form",
    probe: "the headers of all refusals and of token answers",
    expected: "`WWW-Authenticate: Bearer` with an error code where one is due; `Cache-Control: no-store` on answers with tokens",
    why: "clients cannot tell an expired token from a missing scope, and caches keep tokens",
    severity: Some(Severity::Low),
    grade: SubGrade::Enforcement,
    cwe: &[525],
    references: &[
        "OWASP API8:2023",
        "RFC 6750 section 3",
        "RFC 6749 section 5.1",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` and `SessionApi` answer so",
        plain: "answer as RFC 6750 section 3 and RFC 6749 section 5.1 say",
    },
};

/// Whether refusals have the headers of RFC 6750, and answers with tokens those of RFC 6749.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut verdict = Verdict::default();
    let (mut tried, mut told) = (0_u32, Vec::new());
    for sent in &run.sent {
        let Ok(answer) = &sent.answer else {
            continue;
        };
        // Those of an outage are compared with what comes at other times.
        if sent.probe.check == CheckId::Log09 {
            continue;
        }
        let token_answer = matches!(sent.probe.check, CheckId::Ref01 | CheckId::Ref02);
        let flaw = if token_answer {
            let stored = answer.status == 200 && !no_store(answer);
            stored.then_some("an answer with tokens has no `Cache-Control: no-store`")
        } else {
            malformed(sent, answer)
        };
        tried += 1;
        let Some(flaw) = flaw else {
            continue;
        };
        if told.contains(&flaw) {
            continue;
        }
        told.push(flaw);
        let mut finding = judge::finding(run, sent, flaw);
        (finding.check, finding.grade) = (CheckId::Hdr01, SubGrade::Enforcement);
        finding.severity = Severity::Low;
        verdict.findings.push(finding);
    }
    let mut result = verdict.result(CheckId::Hdr01, tried > 0, Vec::new());
    result.probes = tried;
    result
}

fn no_store(answer: &Answer) -> bool {
    answer
        .all("cache-control")
        .any(|value| value.to_ascii_lowercase().contains("no-store"))
}

/// What is wrong with a refusal's `WWW-Authenticate`.
fn malformed(sent: &Sent, answer: &Answer) -> Option<&'static str> {
    if answer.status != 401 && answer.status != 403 || sent.probe.wanted.record.is_none() {
        return None;
    }
    let challenges: Vec<String> = answer
        .all("www-authenticate")
        .map(str::to_ascii_lowercase)
        .collect();
    let bearer = challenges
        .iter()
        .find(|value| value.trim_start().starts_with("bearer"));
    let bare = sent.probe.variant == "none" && sent.probe.check == CheckId::Aut01;
    match (answer.status, bearer) {
        (401, None) => Some("a 401 has no `WWW-Authenticate: Bearer`"),
        (401, Some(challenge)) if bare && challenge.contains("error=") => {
            Some("a request without a token is told an error code")
        }
        (401, Some(challenge)) if token_came(sent) && !challenge.contains("error=") => {
            Some("a bad token is not told `error=\"invalid_token\"`")
        }
        _ => None,
    }
}

/// Whether a token came, in the one place where it may.
fn token_came(sent: &Sent) -> bool {
    let check = sent.probe.check.as_str();
    !check.starts_with("AUT-") || sent.probe.check == CheckId::Aut03
}
