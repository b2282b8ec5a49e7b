//! REV-01: revoked tokens are refused.

use jwtrail_event::{Reason, Trust};

use crate::check::{About, CheckId, Remedy};
use crate::finding::CheckResult;
use crate::judge::{self, Verdict};
use crate::observed::UnreadableLog;
use crate::operations;
use crate::plan;
use crate::probe::{Probe, Sent, Wanted, WantedAnswer, WantedRecord};
use crate::request::Request;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Revoked tokens are refused",
    probe: "the access token after the logout",
    expected: "refused within the time that the service promises; a record with `revoked`",
    why: "a logout that ends nothing leaves a stolen token good",
    severity: Some(Severity::High),
    grade: SubGrade::Enforcement,
    cwe: &[613],
    references: &[
        "OWASP ASVS 5.0 7.4.1",
        "OWASP ASVS 5.0 8.3.2",
        "RFC 7009 section 2",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` asks `Sessions` at each request",
        plain: "keep a list of revoked ids until they expire, and ask it at each request",
    },
};

/// Ends the token's session, and comes again with it.
pub(crate) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let Some(logout) = run.options.logout.clone() else {
        let why = "it needs the operation that ends a session (--logout \"POST /logout\")";
        run.miss(CheckId::Rev01, why);
        return Ok(());
    };
    let Some(operation) = run.operations.get(run.deep).cloned() else {
        return Ok(());
    };
    let probe = |variant: &str, title: &str, request: Request, wanted: Wanted| Probe {
        check: CheckId::Rev01,
        variant: variant.to_owned(),
        title: title.to_owned(),
        operation: run.deep,
        request: request.bearer(&run.options.token),
        wanted,
    };
    let ends = probe(
        "logout",
        "the logout",
        operations::request(&logout),
        Wanted {
            answer: WantedAnswer::Any,
            record: None,
        },
    );
    let comes_again = probe(
        "after",
        "the token after its session ended",
        operation.request(),
        Wanted {
            answer: WantedAnswer::Refused(401),
            record: Some(WantedRecord {
                reasons: vec![Reason::Revoked],
                trust: Trust::Signed,
                ..plan::success(&run.said)
            }),
        },
    );
    let at = run.send_one(ends).await?;
    match run.sent.get(at).and_then(|sent| sent.status()) {
        Some(200..=399) => {
            run.send_one(comes_again).await?;
        }
        status => {
            let status = status.map_or("no answer".to_owned(), |status| status.to_string());
            run.miss(
                CheckId::Rev01,
                &format!("the logout did not succeed ({status})"),
            );
        }
    }
    Ok(())
}

/// Whether the token was refused after the logout.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let after = |sent: &Sent| sent.probe.check == CheckId::Rev01 && sent.probe.variant == "after";
    if run.sent.iter().any(after) {
        return judge::probes(run, CheckId::Rev01);
    }
    let missed = run.missed(CheckId::Rev01);
    Verdict::default().result(CheckId::Rev01, false, missed)
}
