//! Whether what came back, and what was written down, is what must come of a probe.

mod answer;
mod record;

use crate::check::CheckId;
use crate::finding::{CheckOutcome, CheckResult, Evidence, Finding, RecordEvidence};
use crate::observed::ObservedRecord;
use crate::probe::Sent;
use crate::run::Run;

pub(crate) use record::{judge as record, plain, shown};

/// What was found about a check so far.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) findings: Vec<Finding>,
    pub(crate) notes: Vec<String>,
}

impl Verdict {
    /// Notes something, once.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The result, if anything was tried at all.
    pub(crate) fn result(self, check: CheckId, tried: bool, missed: Vec<String>) -> CheckResult {
        let Self { findings, notes } = self;
        let outcome = if !findings.is_empty() {
            CheckOutcome::Failed { findings, notes }
        } else if !tried {
            let why = if missed.is_empty() {
                "there is nothing that it applies to".to_owned()
            } else {
                missed.join("; ")
            };
            return CheckResult::new(check, CheckOutcome::NotVerified { why });
        } else if notes.is_empty() {
            CheckOutcome::Passed
        } else {
            CheckOutcome::PassedWithNote { notes }
        };
        let mut result = CheckResult::new(check, outcome);
        result.not_verified = missed;
        result
    }
}

/// Judges every probe of a check: its answer, and the record that it left.
pub(crate) fn probes(run: &Run<'_>, check: CheckId) -> CheckResult {
    probes_that(run, check, |_| true)
}

/// The same for some of them.
pub(crate) fn probes_that(
    run: &Run<'_>,
    check: CheckId,
    counts: impl Fn(&Sent) -> bool,
) -> CheckResult {
    let mut verdict = Verdict::default();
    let mut missed = run.missed(check);
    let (mut tried, mut operations) = (0_u32, Vec::new());
    let own = |sent: &&Sent| sent.probe.check == check && counts(sent);
    for sent in run.sent.iter().filter(own) {
        if sent.cut_off() {
            tried += 1;
            verdict.note(format!(
                "{}: the connection was closed without an answer",
                sent.probe.title
            ));
            continue;
        }
        if let Some(why) = unusable(sent) {
            missed.push(format!("{}: {why}", sent.probe.variant));
            continue;
        }
        tried += 1;
        operations.push(sent.probe.operation);
        answer::judge(run, sent, &mut verdict);
        record::judge(run, sent, &mut verdict);
    }
    operations.sort_unstable();
    operations.dedup();
    let mut result = verdict.result(check, tried > 0, missed);
    (result.probes, result.operations) = (tried, operations);
    result
}

/// Why the answer to a probe says nothing.
fn unusable(sent: &Sent) -> Option<String> {
    match &sent.answer {
        Err(error) => Some(error.to_string()),
        Ok(_) if sent.limited() => {
            Some("the service slowed the scan down (429); raise its limits for the scan".to_owned())
        }
        Ok(_) => None,
    }
}

/// A finding about one probe, with its request and its answer.
pub(crate) fn finding(run: &Run<'_>, sent: &Sent, summary: &str) -> Finding {
    let mut finding = Finding::new(sent.probe.check, run.secrets.redact(summary));
    finding.variant.clone_from(&sent.probe.variant);
    about_operation(run, sent.probe.operation, &mut finding);
    finding.evidence = evidence(run, sent);
    finding
}

/// Says which operation a finding is about.
pub(crate) fn about_operation(run: &Run<'_>, number: usize, finding: &mut Finding) {
    if let Some(operation) = run.operations.get(number) {
        finding.operation = Some(operation.name.clone());
        finding.place.clone_from(&operation.place);
    }
}

/// What was sent and what came back.
pub(crate) fn evidence(run: &Run<'_>, sent: &Sent) -> Evidence {
    let request = sent.probe.request.curl(run.client.target().base());
    let answer = match &sent.answer {
        Ok(answer) => answer.shown(),
        Err(error) => error.to_string(),
    };
    Evidence {
        request: Some(run.secrets.redact(&request)),
        answer: Some(run.secrets.redact(&answer)),
        record: None,
    }
}

/// The records of a request as evidence, or where they were looked for.
pub(crate) fn record_evidence(
    run: &Run<'_>,
    sent: &Sent,
    records: &[&ObservedRecord],
) -> RecordEvidence {
    if records.is_empty() {
        let ids = &sent.probe.request.ids;
        let place = run
            .log
            .as_ref()
            .map(|log| log.description())
            .unwrap_or_default();
        return RecordEvidence::Searched(format!(
            "{} and {} in {place}: not seen within {} s",
            ids.request,
            ids.trace,
            run.options.settle.as_secs()
        ));
    }
    RecordEvidence::Found(
        records
            .iter()
            .flat_map(|record| shown(run, record))
            .collect(),
    )
}

/// How long the slowest record took from its answer to our eyes, in milliseconds.
pub(crate) fn slowest(run: &Run<'_>) -> Option<u64> {
    // In an outage that we make ourselves it is we who are slow.
    let sent = run.sent.iter();
    let sent = sent.filter(|sent| sent.probe.check != CheckId::Log09);
    let delays = sent.filter_map(|sent| {
        let record = run
            .trail
            .decisions(&sent.probe.request.ids)
            .first()
            .copied()?;
        let micros = record.seen_at.micros_since(sent.answered_at);
        Some(u64::try_from(micros / 1_000).unwrap_or(0))
    });
    delays.max()
}
