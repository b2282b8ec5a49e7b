use std::sync::Arc;

use actix_web::web::{Data, Json};
use serde::Serialize;

use super::answer::ask;
use super::error::ApiError;
use crate::core::Core;
use crate::responses::Tripped;
use jwtrail_event::Timestamp;

/// How the monitor itself is.
pub(super) async fn handle(core: Data<Core>) -> Result<Json<Health>, ApiError> {
    let core = Arc::clone(&core);
    // It may wait for the disk.
    let status = ask(&core, |core| Ok(core.responses.status(core.clock.now())));
    let halted = status.await?.halted;
    let usage = core.store.usage();
    let position = core.board.position();
    let delivered = core.rollups.producers();
    let producer = |name: String| {
        let known = delivered.get(&name);
        let heard = known.filter(|known| known.events > 0);
        Producer {
            events: known.map_or(0, |known| known.events),
            last_seen: heard.map(|known| known.last_seen),
            rejected: known.map_or(0, |known| known.rejected),
            last_problem: known.and_then(|known| known.problem.clone()),
            name,
        }
    };
    let mut names = core.producers.names();
    names.extend(delivered.keys().cloned());
    names.sort_unstable();
    names.dedup();
    Ok(Json(Health {
        log: Log {
            events: usage.events,
            bytes: usage.bytes,
            last_position: usage.last,
            problem: core.store.trouble().map(|trouble| trouble.to_string()),
        },
        detect: Detect {
            position,
            lag_events: usage.last.saturating_sub(position),
            late_events: core.board.stats().late,
        },
        outputs: outputs(&core),
        producers: names.into_iter().map(producer).collect(),
        ended_threads: core.ended_threads(),
        responses: Responses { halted },
        rules: Rules {
            refused: core.rules.refused().map(|refused| refused.problem),
        },
        uptime_seconds: core.clock.now().micros_since(core.started_at).max(0) / 1_000_000,
    }))
}

fn outputs(core: &Core) -> Vec<Output> {
    let queue = |output: &crate::outbox::Output| Queue {
        queued: output.queued(),
        failed: output.parked(),
        dropped: output.dropped(),
        last_error: output.last_error(),
    };
    // The readers of one output follow each other.
    let same =
        |one: &crate::outbox::Output, other: &crate::outbox::Output| one.to.name == other.to.name;
    let outputs = core.outputs.chunk_by(same);
    let output = |queues: &[crate::outbox::Output]| {
        let readers: Vec<Reader> = queues
            .iter()
            .filter_map(|output| {
                let reader = output.reader()?.to_owned();
                Some(Reader {
                    reader,
                    queue: queue(output),
                })
            })
            .collect();
        let first = queues.first()?;
        Some(Output {
            name: first.to.name.clone(),
            queue: match readers.is_empty() {
                true => queue(first),
                false => together(&readers),
            },
            readers,
        })
    };
    outputs.filter_map(output).collect()
}

fn together(readers: &[Reader]) -> Queue {
    let problems = readers.iter().filter_map(|Reader { reader, queue }| {
        Some(format!("{reader}: {}", queue.last_error.as_ref()?))
    });
    let problems: Vec<String> = problems.collect();
    Queue {
        queued: readers.iter().map(|reader| reader.queue.queued).sum(),
        failed: readers.iter().map(|reader| reader.queue.failed).sum(),
        dropped: readers.iter().map(|reader| reader.queue.dropped).sum(),
        last_error: (!problems.is_empty()).then(|| problems.join("; ")),
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Health {
    log: Log,
    detect: Detect,
    outputs: Vec<Output>,
    producers: Vec<Producer>,
    responses: Responses,
    rules: Rules,
    /// Parts of the monitor that have panicked; only a start brings them back.
    ended_threads: Vec<&'static str>,
    uptime_seconds: i64,
}

#[derive(Debug, Serialize)]
struct Responses {
    /// Set while no rule may hold anything.
    halted: Option<Tripped>,
}

#[derive(Debug, Serialize)]
struct Rules {
    /// Why the last change was not taken, if it was not; the rules before are in force.
    refused: Option<String>,
}

#[derive(Debug, Serialize)]
struct Log {
    events: u64,
    bytes: u64,
    last_position: u64,
    /// Why events can't be taken in, if they can't.
    problem: Option<String>,
}

#[derive(Debug, Serialize)]
struct Detect {
    position: u64,
    lag_events: u64,
    late_events: u64,
}

#[derive(Debug, Serialize)]
struct Output {
    name: String,
    #[serde(flatten)]
    queue: Queue,
    /// Of mail, as each of them is; the whole is all of them together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readers: Vec<Reader>,
}

#[derive(Debug, Serialize)]
struct Reader {
    reader: String,
    #[serde(flatten)]
    queue: Queue,
}

#[derive(Debug, Serialize)]
struct Queue {
    queued: u64,
    /// Alerts that the output refuses for good; the next start tries them again.
    failed: u64,
    /// Alerts that are never sent, for more waited than may; since the start.
    dropped: u64,
    last_error: Option<String>,
}

#[derive(Debug, Serialize)]
struct Producer {
    name: String,
    events: u64,
    last_seen: Option<Timestamp>,
    /// Lines that were not taken.
    rejected: u64,
    last_problem: Option<String>,
}
