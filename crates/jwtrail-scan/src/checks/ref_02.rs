//! REF-02: reuse of a refresh token ends its family.

use std::time::Duration;

use jwtrail_event::Reason;
use tokio::time::sleep;

use crate::check::{About, CheckId, Remedy};
use crate::checks::ref_01::exchange;
use crate::finding::CheckResult;
use crate::judge;
use crate::observed::UnreadableLog;
use crate::probe::WantedAnswer;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Reuse of a refresh token ends its family",
    probe: "the old refresh token again, after its grace; then the new one",
    expected: "both refused; a record with `refresh_reused`",
    why: "reuse means that two have it, and one of them stole it",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[294, 613],
    references: &["OWASP ASVS 5.0 10.4.5", "RFC 9700 section 4.14.2"],
    remedy: Remedy {
        jwtrail: "`Sessions` revokes the family at reuse",
        plain: "revoke every token of the family when an old one comes again",
    },
};

/// The old refresh token again when its grace is over, and then the new one.
pub(crate) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let (Some(refresh), Some(rotated)) = (run.options.refresh.clone(), run.rotated.clone()) else {
        run.miss(
            CheckId::Ref02,
            "it needs a refresh token that rotates (REF-01)",
        );
        return Ok(());
    };
    // The old token may come again within its grace: the answer to it may have been lost.
    sleep(refresh.grace + MARGIN).await;
    for (variant, title, token, reason) in [
        (
            "reused",
            "the old refresh token",
            &refresh.token,
            Reason::RefreshReused,
        ),
        (
            "family",
            "the new one after the old one was reused",
            &rotated,
            Reason::RefreshUnknown,
        ),
    ] {
        let mut probe = exchange(CheckId::Ref02, variant, &refresh, token);
        probe.title = title.to_owned();
        probe.wanted.answer = WantedAnswer::Refused(400);
        if let Some(record) = &mut probe.wanted.record {
            record.reasons = vec![reason, Reason::Revoked];
        }
        run.send_one(probe).await?;
    }
    Ok(())
}

/// Whether both were refused, and the record of the reuse says so.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let mut result = judge::probes(run, CheckId::Ref02);
    result.operations.clear();
    result
}

/// Beyond the grace.
const MARGIN: Duration = Duration::from_millis(500);
