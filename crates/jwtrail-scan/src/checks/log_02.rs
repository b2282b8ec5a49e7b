//! LOG-02: records say who, what, when, where.

use std::collections::{BTreeMap, BTreeSet};

use jwtrail_event::{Reason, Trust};

use crate::check::{About, CheckId, Remedy};
use crate::checks::log_01::no_log;
use crate::finding::{CheckResult, Finding};
use crate::judge::{self, Verdict};
use crate::observed::ObservedRecord;
use crate::probe::Sent;
use crate::reading::Reading;
use crate::run::{Run, owes_record};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Records say who, what, when, where",
    probe: "the records of all probes",
    expected: "the fields that the standard asks for, with the values that were sent",
    why: "a record that does not say whose token it was helps nobody",
    severity: Some(Severity::High),
    grade: SubGrade::Evidence,
    cwe: &[778, 223],
    references: &[
        "OWASP ASVS 5.0 16.2.1",
        "OWASP API8:2023",
        "PCI DSS 4.0.1 10.2.2",
        "NIST SP 800-53 AU-3",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` writes them all",
        plain: "write token id, subject, scope, outcome, reason, time, correlation id, address and route",
    },
};

/// Whether the records have the fields that the standard asks for, with the values that were
/// sent. One finding for each field: a service forgets it everywhere.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    if run.log.is_none() {
        return CheckResult::new(CheckId::Log02, no_log());
    }
    let mut flaws: BTreeMap<(String, bool), Vec<(&Sent, ObservedRecord)>> = BTreeMap::new();
    let mut seen = 0_u32;
    for sent in run.sent.iter().filter(|sent| owes_record(sent)) {
        let Some(record) = run.trail.decision(&sent.probe.request.ids) else {
            continue;
        };
        seen += 1;
        for (field, right) in owed(run, sent) {
            // The status says the outcome as well.
            if field == "outcome" && Reading::of(&record).outcome().is_some() {
                continue;
            }
            let wrong = match (record.field(&field), right) {
                (None, _) => false,
                (Some(value), Some(right)) if !same(&field, value, &right) => true,
                _ => continue,
            };
            flaws
                .entry((field, wrong))
                .or_default()
                .push((sent, record.clone()));
        }
    }
    let mut verdict = Verdict::default();
    for ((field, wrong), found) in flaws {
        let Some((sent, record)) = found.first() else {
            continue;
        };
        let count = found.len();
        let summary = if wrong {
            format!("`{field}` is not what was sent, in {count} of {seen} records")
        } else {
            format!("`{field}` is missing in {count} of {seen} records")
        };
        let mut finding = judge::finding(run, sent, &summary);
        finding.check = CheckId::Log02;
        finding.variant = field;
        finding.grade = SubGrade::Evidence;
        finding.severity = Severity::High;
        finding.evidence.record = Some(judge::record_evidence(run, sent, &[record]));
        verdict.findings.push(finding);
    }
    if seen == 0 {
        let why = "no record was seen at all, so none has the fields that it owes";
        verdict.findings.push(Finding::new(CheckId::Log02, why));
    }
    let mut result = verdict.result(CheckId::Log02, true, Vec::new());
    result.probes = seen;
    result
}

/// The fields that a record owes, and their values where we know them.
fn owed(run: &Run<'_>, sent: &Sent) -> Vec<(String, Option<String>)> {
    let standard = &run.options.standard;
    let Some(wanted) = &sent.probe.wanted.record else {
        return Vec::new();
    };
    let said = &wanted.said;
    let claims = |field: &str| match field {
        "token_jti" => said.jti.clone(),
        "token_sub" => said.sub.clone(),
        // A scope of a wrong type is none.
        "token_scope" if wanted.reasons.contains(&Reason::BadClaimType) => None,
        "token_scope" => said.scope.clone(),
        _ => None,
    };
    let mut owed: Vec<(String, Option<String>)> = Vec::new();
    for field in &standard.always {
        let right = match field.as_str() {
            "correlation_id" if sent.probe.check != CheckId::Log06 => {
                Some(sent.probe.request.ids.request.clone())
            }
            "method" => Some(sent.probe.request.method.clone()),
            "client_ip" if sent.probe.check != CheckId::Rte03 => {
                let answer = sent.answer.as_ref().ok();
                answer
                    .and_then(|answer| answer.source)
                    .map(|ip| ip.to_string())
            }
            _ => None,
        };
        owed.push((field.clone(), right));
    }
    if wanted.trust != Trust::None {
        let signed = standard.signed.iter();
        // What the token does not say no record can.
        let said_so = signed.filter(|field| claims(field).is_some_and(|claim| !claim.is_empty()));
        // Nor one that is of no type that it may have.
        let no_scope = wanted.reasons.contains(&Reason::BadClaimType)
            && matches!(sent.probe.check, CheckId::Scp01 | CheckId::Scp02);
        let said_so = said_so.filter(|field| !no_scope || *field != "token_scope");
        owed.extend(said_so.map(|field| {
            let right = claims(field).filter(|_| wanted.literal);
            (field.clone(), right)
        }));
    }
    if !wanted.reasons.is_empty() && !sent.let_in() {
        owed.extend(standard.failure.iter().map(|field| (field.clone(), None)));
    }
    if wanted.reasons.contains(&Reason::InsufficientScope) && !sent.let_in() {
        owed.extend(standard.scope.iter().map(|field| (field.clone(), None)));
    }
    owed
}

fn same(field: &str, value: &str, right: &str) -> bool {
    match field {
        // Several lists of one scope are the same in any order.
        "token_scope" => {
            let set = |text: &str| {
                let elements = text.split([' ', ',']).filter(|one| !one.is_empty());
                elements.map(str::to_owned).collect::<BTreeSet<_>>()
            };
            set(value) == set(right)
        }
        // With a port, or as IPv4 in IPv6.
        "client_ip" => value.contains(right),
        "method" => value.eq_ignore_ascii_case(right),
        _ => value == right,
    }
}
