use jwtrail_event::Trust;

use super::{Verdict, finding, record_evidence};
use crate::observed::ObservedRecord;
use crate::probe::{Sent, WantedRecord};
use crate::reading::{Likeness, Reading};
use crate::run::{Run, owes_record};
use crate::severity::{Severity, SubGrade};

/// Whether the record says why, and believes of the token what it may.
///
/// That there is a record at all is LOG-01, that it is one and says what the answer said LOG-08,
/// and that nothing is missing in it LOG-02: each is found once.
pub(crate) fn judge(run: &Run<'_>, sent: &Sent, verdict: &mut Verdict) {
    let Some(wanted) = &sent.probe.wanted.record else {
        return;
    };
    if !owes_record(sent) {
        return;
    }
    let records = run.trail.decisions(&sent.probe.request.ids);
    let Some(record) = &run.trail.decision(&sent.probe.request.ids) else {
        return;
    };
    let mut wrong = |summary: &str, severity: Severity| {
        let mut found = finding(run, sent, summary);
        found.grade = SubGrade::Evidence;
        found.severity = found.severity.min(severity);
        found.evidence.record = Some(record_evidence(run, sent, &records));
        verdict.findings.push(found);
    };
    if believed(record, wanted) {
        wrong(
            "the record gives claims as true though the signature does not hold",
            Severity::High,
        );
    }
    // Where the service let in what it should refuse, the answer is what is wrong.
    if sent.let_in() || wanted.reasons.is_empty() {
        return;
    }
    let reading = Reading::of(record);
    let likeness = wanted
        .reasons
        .iter()
        .filter_map(|reason| reading.names(*reason))
        .max();
    let right: Vec<&str> = wanted
        .reasons
        .iter()
        .map(|reason| reason.as_str())
        .collect();
    let said = record.field("reason").map(str::to_owned);
    let said = said.or_else(|| reading.reason().map(|reason| reason.to_string()));
    match (likeness, said) {
        (Some(Likeness::Exact), _) => {}
        (Some(_), _) => verdict.note("the record says that the token was bad, not why"),
        // That it says nothing is LOG-02.
        (None, None) => {}
        (None, Some(said)) => wrong(
            &format!(
                "the record's reason is `{}`, not `{}`",
                plain(&said),
                right.join("` or `")
            ),
            Severity::Medium,
        ),
    }
}

/// Whether a record states claims of a token that nobody vouches for as facts.
fn believed(record: &ObservedRecord, wanted: &WantedRecord) -> bool {
    let stated = |field: &str, claim: &Option<String>| {
        let value = record.field(field);
        value.is_some() && value == claim.as_deref()
    };
    wanted.trust == Trust::None
        && (stated("token_jti", &wanted.said.jti) || stated("token_sub", &wanted.said.sub))
}

/// A record as evidence: the fields that say something of the decision.
pub(crate) fn shown(run: &Run<'_>, record: &ObservedRecord) -> Vec<String> {
    let known: Vec<String> = jwtrail_event::FIELD_NAMES
        .iter()
        .filter(|name| !LEFT_OUT.contains(name))
        .filter_map(|name| Some(format!("{name}={}", plain(record.field(name)?))))
        .collect();
    let shown = if known.is_empty() {
        let start: String = record.raw.chars().take(SHOWN).collect();
        vec![plain(&start)]
    } else {
        known
    };
    shown.iter().map(|text| run.secrets.redact(text)).collect()
}

/// Text from a log on one line, cut.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars().take(SHOWN) {
        if c.is_control() {
            plain.extend(c.escape_unicode());
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Fields that say nothing of the decision.
const LEFT_OUT: [&str; 10] = [
    "event_id",
    "schema_version",
    "service_version",
    "instance",
    "boot_id",
    "seq",
    "span_id",
    "duration_us",
    "token_fp",
    "cache",
];

/// In characters.
const SHOWN: usize = 300;
