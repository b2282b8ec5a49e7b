//! TLS-01: no plain http.

use crate::check::{About, CheckId, Remedy};
use crate::client::{Answer, SendError};
use crate::finding::{CheckOutcome, CheckResult, Finding};
use crate::judge::Verdict;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "No plain http",
    probe: "a request without a token over plain http, at port 80",
    expected: "refused, not redirected",
    why: "a token that was sent once in clear is known on the way",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[319],
    references: &["OWASP ASVS 5.0 4.1.2"],
    remedy: Remedy {
        jwtrail: "serve https, and close the port of plain http",
        plain: "close the port of plain http for the API, or refuse there without a redirect",
    },
};

/// Asks in clear where the target is reached over https. No token goes along.
pub(crate) async fn send(run: &mut Run<'_>) {
    if run.client.target().is_loopback() {
        return;
    }
    if let Some(operation) = run.operations.get(run.deep) {
        let request = operation.request();
        run.in_clear = run.client.send_in_clear(&request).await;
    }
}

/// Whether the target is reached in clear. On this machine there is no way on which to listen.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let target = run.client.target();
    if target.is_loopback() {
        let why = "the target is on this machine; scan it where it will run".to_owned();
        return CheckResult::new(CheckId::Tls01, CheckOutcome::NotVerified { why });
    }
    let mut verdict = Verdict::default();
    let flaw = if target.is_https() {
        run.in_clear.as_ref().and_then(answered)
    } else {
        Some("the service takes tokens over plain http".to_owned())
    };
    if let Some(summary) = flaw {
        verdict.findings.push(Finding::new(CheckId::Tls01, summary));
    }
    verdict.result(CheckId::Tls01, true, Vec::new())
}

/// What is wrong with an answer in clear; one that refuses is right, and none is better.
fn answered(answer: &Result<Answer, SendError>) -> Option<String> {
    let answer = answer.as_ref().ok()?;
    let status = answer.status;
    match status {
        300..=399 => Some(format!(
            "port 80 answers {status}, to another address: who writes http sends each token in \
             clear and does not notice"
        )),
        // What asks for a token would take one.
        200..=299 | 401 => Some(format!("port 80 answers the operation with {status}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_refuses_or_is_not_there_is_right() {
        let flaw = |status| answered(&Ok(Answer::new(status, Vec::new(), Vec::new(), None)));
        for status in [200, 204, 301, 308, 401] {
            assert!(flaw(status).is_some(), "{status}");
        }
        for status in [400, 403, 404, 421, 426, 500] {
            assert_eq!(flaw(status), None, "{status}");
        }
        assert_eq!(answered(&Err(SendError::Closed)), None);
        assert_eq!(answered(&Err(SendError::Deadline)), None);
    }
}
