//! What the service does while the receiver of its log is down.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::check::CheckId;
use crate::checks::rte_01;
use crate::finding::Finding;
use crate::judge::{self, Verdict};
use crate::observed::UnreadableLog;
use crate::operations::Scanned;
use crate::plan;
use crate::probe::{Probe, Sent, Wanted, WantedAnswer};
use crate::progress::Progress;
use crate::run::{POLL, Run, owes_record, poll};
use crate::severity::{Severity, SubGrade};
use crate::switch::{HOLD, Switch};

/// The time in which the receiver was down.
#[derive(Debug)]
pub(crate) struct Outage {
    /// The sources that were.
    sources: Vec<String>,
    lasted: Duration,
    /// Whether the service tried to write to them meanwhile.
    met: bool,
    /// From its end until the last record had come; none where some never did.
    caught_up: Option<Duration>,
}

/// Takes the receiver away, sends good and bad requests, and gives it back.
pub(crate) async fn send(run: &mut Run<'_>) -> Result<(), UnreadableLog> {
    let switches = match &run.log {
        Some(log) => log.switches(),
        None => return Ok(()),
    };
    if switches.is_empty() {
        run.miss(
            CheckId::Log09,
            "outage: the scanner cannot take this log away from the service; let the service \
             send it by OTLP, and read it with --logs otlp:PORT",
        );
        return Ok(());
    }
    // What is on its way now is none of the outage's.
    run.settle().await?;
    let used: Vec<Switch> = switches
        .into_iter()
        .filter(|switch| run.trail.has_source(switch.source()))
        .collect();
    if used.is_empty() {
        let why = "outage: nothing of this scan came by OTLP, so its receiver is not missed";
        run.miss(CheckId::Log09, why);
        return Ok(());
    }
    let probes = probes(run);
    used.iter().for_each(Switch::turn_off);
    let begun = Instant::now();
    let sent = suffer(run, &used, probes).await;
    used.iter().for_each(Switch::turn_on);
    sent?;
    let (lasted, ended) = (begun.elapsed(), Instant::now());
    let sources: Vec<String> = used.iter().map(|one| one.source().to_owned()).collect();
    let met = used.iter().any(|switch| switch.refused() > 0);
    let caught_up = catch_up(run, &sources, ended).await?;
    run.settling += ended.elapsed();
    run.outage = Some(Outage {
        sources,
        lasted,
        met,
        caught_up,
    });
    Ok(())
}

/// Sends, and waits until the service has tried to write what came of it.
async fn suffer(
    run: &mut Run<'_>,
    used: &[Switch],
    probes: Vec<Probe>,
) -> Result<(), UnreadableLog> {
    let count = u64::try_from(probes.len()).unwrap_or(u64::MAX);
    run.send_all(probes).await?;
    let refused = |switch: &Switch| switch.refused();
    let answered: Vec<u64> = used.iter().map(refused).collect();
    let start = Instant::now();
    let tried = || {
        let mut all = used.iter().zip(&answered);
        // Each request by itself, or some together afterwards.
        all.all(|(switch, before)| *before >= count || refused(switch) > *before)
    };
    while !tried() && start.elapsed() < run.options.settle + HOLD {
        sleep(POLL).await;
    }
    Ok(())
}

/// Waits for the outage's records; how long it took until all had come.
async fn catch_up(
    run: &mut Run<'_>,
    sources: &[String],
    ended: Instant,
) -> Result<Option<Duration>, UnreadableLog> {
    let patience = run.options.settle * PATIENCE;
    loop {
        poll(run.log.as_mut(), &mut run.trail).await?;
        let missing = lost(run, sources).len();
        if missing == 0 {
            return Ok(Some(ended.elapsed()));
        }
        if ended.elapsed() >= patience {
            return Ok(None);
        }
        (run.progress)(&Progress::Settling { missing });
        sleep(POLL).await;
    }
}

/// What the outage showed; the number of requests that were sent in it.
pub(super) fn judge(run: &Run<'_>, verdict: &mut Verdict, missed: &mut Vec<String>) -> u32 {
    let Some(outage) = &run.outage else {
        return 0;
    };
    for sent in sent_in_it(run) {
        match &sent.answer {
            Ok(_) if sent.limited() => {}
            Ok(answer) => {
                let late = answer.took.saturating_sub(usual(run));
                if late > BEARABLE {
                    let late = late.as_millis();
                    let text = format!("an answer comes {late} ms later {WHILE_DOWN}");
                    add(verdict, run, sent, "slow", &text);
                }
                answered(run, sent, verdict);
            }
            Err(error) => {
                let text = format!("no answer {WHILE_DOWN}: {error}");
                add(verdict, run, sent, "stuck", &text);
            }
        }
    }
    records(run, outage, verdict, missed);
    u32::try_from(sent_in_it(run).count()).unwrap_or(u32::MAX)
}

/// Whether a request was answered as it is at other times.
fn answered(run: &Run<'_>, sent: &Sent, verdict: &mut Verdict) {
    let status = sent.status().unwrap_or_default();
    let good = sent.probe.wanted.answer == WantedAnswer::Accepted;
    let usual = run.operations.get(run.deep);
    let usual = usual.and_then(|operation| operation.with_token);
    match status {
        503 => verdict.note(format!(
            "503 {WHILE_DOWN}: the service lets nobody in whom it cannot record"
        )),
        _ if good && usual != Some(status) => {
            let usual = usual.unwrap_or_default();
            let text = format!("the valid token: {status} instead of {usual} {WHILE_DOWN}");
            add(verdict, run, sent, "changed", &text);
        }
        _ if !good && sent.let_in() => {
            let text = format!("{}: let in with {status} {WHILE_DOWN}", sent.probe.title);
            add(verdict, run, sent, "open", &text);
            if let Some(finding) = verdict.findings.last_mut() {
                (finding.severity, finding.grade) = (Severity::Critical, SubGrade::Enforcement);
            }
        }
        _ => {}
    }
}

/// Whether every record came in the end.
fn records(run: &Run<'_>, outage: &Outage, verdict: &mut Verdict, missed: &mut Vec<String>) {
    let lost = lost(run, &outage.sources);
    if let Some(first) = lost.first() {
        let owed = sent_in_it(run).filter(|sent| owes_record(sent)).count();
        let seconds = (run.options.settle * PATIENCE).as_secs();
        let text = format!(
            "{} of {owed} records from when the log's receiver was down did not come within \
             {seconds} s of its end",
            lost.len(),
        );
        add(verdict, run, first, "lost", &text);
        if let Some(finding) = verdict.findings.last_mut() {
            finding.evidence.record = Some(judge::record_evidence(run, first, &[]));
        }
    } else if !outage.met {
        missed.push(format!(
            "outage: the service sent nothing to its receiver within {} s, so it did not notice",
            outage.lasted.as_secs()
        ));
    } else if let Some(time) = outage.caught_up {
        verdict.note(format!(
            "the log's receiver was down for {:.1} s; the records of that time came {} ms after \
             its end",
            outage.lasted.as_secs_f64(),
            time.as_millis()
        ));
    }
}

/// A finding of each kind, once.
fn add(verdict: &mut Verdict, run: &Run<'_>, sent: &Sent, kind: &str, summary: &str) {
    let known = |finding: &Finding| finding.variant == kind;
    if !verdict.findings.iter().any(known) {
        let mut finding = judge::finding(run, sent, summary);
        kind.clone_into(&mut finding.variant);
        verdict.findings.push(finding);
    }
}

fn sent_in_it<'r>(run: &'r Run<'_>) -> impl Iterator<Item = &'r Sent> {
    let sent = run.sent.iter();
    sent.filter(|sent| sent.probe.check == CheckId::Log09)
}

/// Requests of the outage without a record in a source that was down.
fn lost<'r>(run: &'r Run<'_>, sources: &[String]) -> Vec<&'r Sent> {
    let in_all = |sent: &Sent| {
        let mut sources = sources.iter();
        sources.all(|source| run.trail.has(&sent.probe.request.ids, source))
    };
    sent_in_it(run)
        .filter(|sent| owes_record(sent) && !in_all(sent))
        .collect()
}

/// How long the slowest answer to the valid token took at other times.
fn usual(run: &Run<'_>) -> Duration {
    let good = |sent: &&Sent| matches!(sent.probe.check, CheckId::Pre1 | CheckId::Pre2);
    let answers = run.sent.iter().filter(good);
    let times = answers.filter_map(|sent| Some(sent.answer.as_ref().ok()?.took));
    times.max().unwrap_or_default()
}

/// The valid token, none, and a bad one, twice each.
fn probes(run: &Run<'_>) -> Vec<Probe> {
    let Some(operation) = run.operations.get(run.deep) else {
        return Vec::new();
    };
    let mut probes = Vec::new();
    for _ in 0..2 {
        probes.push(good(run, operation));
        let missing = run.workshop().case("AUT-01/none", run.deep, operation);
        probes.extend(missing.probes);
        probes.extend(rte_01::bad_token(run, CheckId::Log09, ""));
    }
    for probe in &mut probes {
        (probe.check, probe.variant) = (CheckId::Log09, "outage".to_owned());
    }
    probes
}

fn good(run: &Run<'_>, operation: &Scanned) -> Probe {
    Probe {
        check: CheckId::Log09,
        variant: String::new(),
        title: "the valid token".to_owned(),
        operation: run.deep,
        request: operation.request().bearer(&run.options.token),
        wanted: Wanted {
            answer: WantedAnswer::Accepted,
            record: Some(plan::success(&run.said)),
        },
    }
}

const WHILE_DOWN: &str = "while the log's receiver is down";
/// How much later an answer may come: less than the receiver holds what it is sent.
const BEARABLE: Duration = Duration::from_secs(1);
/// How many settle windows the records of an outage may take: exporters try again ever later.
const PATIENCE: u32 = 3;
