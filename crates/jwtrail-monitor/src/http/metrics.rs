use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::{Correlation, Metrics, MetricsText};

use super::error::ApiError;
use super::producer;
use super::server::Site;
use crate::core::Core;
use crate::outbox::Output;

/// How the monitor is, for Prometheus: what it decided about its own requests, and how far its
/// work has come. Whoever scrapes brings a producer's credential.
pub(super) async fn handle(
    core: Data<Core>,
    site: Data<Site>,
    metrics: Data<Metrics>,
    request: HttpRequest,
    ids: Correlation,
) -> Result<HttpResponse, ApiError> {
    producer::authenticate(&core, &site, &request, &ids)?;
    let mut text = MetricsText::default();
    metrics.write(&mut text);
    log(&core, &mut text);
    producers(&core, &mut text);
    outputs(&core, &mut text);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MetricsText::CONTENT_TYPE))
        .body(text.into_text()))
}

fn log(core: &Core, text: &mut MetricsText) {
    let usage = core.store.usage();
    let position = core.board.position();
    let lag = usage.last.saturating_sub(position);
    for (name, help, value) in [
        (
            "jwtrail_monitor_log_events",
            "Events in the log.",
            usage.events,
        ),
        (
            "jwtrail_monitor_log_bytes",
            "Bytes of the log on disk.",
            usage.bytes,
        ),
        (
            "jwtrail_monitor_detect_lag_events",
            "Events that detection has not seen.",
            lag,
        ),
        (
            "jwtrail_monitor_ended_threads",
            "Parts of the monitor that have ended; only a start brings them back.",
            core.ended_threads().len() as u64,
        ),
    ] {
        text.family(name, "gauge", help);
        text.sample(name, &[], value);
    }
    for (name, help, value) in [
        (
            "jwtrail_monitor_events_total",
            "Events that were ever taken in.",
            usage.last,
        ),
        (
            "jwtrail_monitor_late_events_total",
            "Events that came too late for detection, since the start.",
            core.board.stats().late,
        ),
    ] {
        text.family(name, "counter", help);
        text.sample(name, &[], value);
    }
}

fn producers(core: &Core, text: &mut MetricsText) {
    let producers = core.rollups.producers();
    let name = "jwtrail_monitor_producer_events_total";
    text.family(name, "counter", "Events that a producer delivered.");
    for (producer, known) in &producers {
        text.sample(name, &[("producer", producer)], known.events);
    }
    let name = "jwtrail_monitor_producer_rejected_lines_total";
    text.family(name, "counter", "Lines of a producer that were not taken.");
    for (producer, known) in &producers {
        text.sample(name, &[("producer", producer)], known.rejected);
    }
}

/// What is counted of an output.
type Count = fn(&Output) -> u64;

fn outputs(core: &Core, text: &mut MetricsText) {
    let families: [(_, _, _, Count); 3] = [
        (
            "jwtrail_monitor_output_queued",
            "gauge",
            "Notices of alerts that wait for an output.",
            Output::queued,
        ),
        (
            "jwtrail_monitor_output_refused_total",
            "counter",
            "Notices that an output refused for good, since the start.",
            Output::parked,
        ),
        (
            "jwtrail_monitor_output_dropped_total",
            "counter",
            "Notices that are never sent, for more waited than may, since the start.",
            Output::dropped,
        ),
    ];
    for (name, kind, help, count) in families {
        text.family(name, kind, help);
        for (output, readers) in by_name(core) {
            let sum: u64 = readers.iter().map(count).sum();
            text.sample(name, &[("output", output)], sum);
        }
    }
}

/// Mail has a queue for each reader; they are one output, and a label names no reader.
fn by_name(core: &Core) -> impl Iterator<Item = (&str, &[Output])> {
    let same = |one: &Output, other: &Output| one.to.name == other.to.name;
    let outputs = core.outputs.chunk_by(same);
    outputs.filter_map(|readers| Some((readers.first()?.to.name.as_str(), readers)))
}
