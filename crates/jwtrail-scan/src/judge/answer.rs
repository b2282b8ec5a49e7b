use super::{Verdict, finding};
use crate::probe::{Sent, WantedAnswer};
use crate::run::Run;
use crate::severity::Severity;

/// Whether the answer is what it must be.
pub(super) fn judge(run: &Run<'_>, sent: &Sent, verdict: &mut Verdict) {
    let Some(status) = sent.status() else {
        return;
    };
    let probe = &sent.probe;
    let title = &probe.title;
    if (500..=599).contains(&status) && status != 501 && status != 503 {
        let mut failed = finding(
            run,
            sent,
            &format!("{title}: the service fails with {status}"),
        );
        // It did not let anybody in.
        failed.severity = failed.severity.min(Severity::Medium);
        verdict.findings.push(failed);
        return;
    }
    match probe.wanted.answer {
        WantedAnswer::Accepted if matches!(status, 401 | 403) => {
            verdict.findings.push(finding(
                run,
                sent,
                &format!("{title}: refused with {status}"),
            ));
        }
        WantedAnswer::Accepted | WantedAnswer::Any => {}
        WantedAnswer::Tolerable => {
            if sent.let_in() {
                verdict.note(format!("{title}: let in with {status}"));
            }
        }
        WantedAnswer::NoSuchMethod => {
            if (200..=299).contains(&status) {
                let summary = format!("{title}: answered with {status}");
                verdict.findings.push(finding(run, sent, &summary));
            }
        }
        WantedAnswer::Refused(ours) => refused(run, sent, status, ours, verdict),
        WantedAnswer::Denied => match status {
            403 => {}
            400 | 401 | 404 | 422 => verdict.note(format!("{title}: {status} instead of 403")),
            _ => {
                let summary = format!("{title}: answered with {status}");
                verdict.findings.push(finding(run, sent, &summary));
            }
        },
    }
}

fn refused(run: &Run<'_>, sent: &Sent, status: u16, ours: u16, verdict: &mut Verdict) {
    let title = &sent.probe.title;
    let with_token = run
        .operations
        .get(sent.probe.operation)
        .and_then(|operation| operation.with_token);
    let bare = sent
        .answer
        .as_ref()
        .ok()
        .is_some_and(|answer| answer.header("www-authenticate").is_none());
    match status {
        // The HTTP server itself refused the size.
        _ if sent.refused_by_parser() => {}
        400 | 401 | 403 | 422 if status == ours && !(status == 401 && bare) => {}
        401 if bare => verdict.note("401 without `WWW-Authenticate` (RFC 6750 section 3)"),
        // The operation answers so to those who may, too.
        400 | 422 if with_token == Some(status) => {
            verdict.note(format!(
                "{status} is what this operation answers with the token as well"
            ));
        }
        400 | 401 | 403 | 422 => verdict.note(format!("refused with {status} instead of {ours}")),
        _ if sent.let_in() && (status < 400 || with_token == Some(status)) => {
            let summary = format!("{title}: let in with {status}");
            verdict.findings.push(finding(run, sent, &summary));
        }
        503 => verdict.note(format!("{title}: 503, neither let in nor refused")),
        _ => verdict.note(format!("{title}: {status}, neither let in nor refused")),
    }
}
