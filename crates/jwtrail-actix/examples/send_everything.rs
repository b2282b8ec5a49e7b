//! Records events from lines of samples, and a few with hostile texts, and sends them every way
//! there is, and what was counted: `SAMPLES FOLDER HTTP_URL GRPC_URL`. The NDJSON file is
//! `FOLDER/audit.ndjson`, the metrics as Prometheus gets them are in `FOLDER/metrics.txt`.

use std::path::Path;

use jwtrail_actix::{Metrics, OtlpMetrics, OtlpSink, Trail};
use jwtrail_event::events::Event;
use jwtrail_event::{Record, Text, Timestamp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || {
        arguments
            .next()
            .ok_or("use: SAMPLES FOLDER HTTP_URL GRPC_URL")
    };
    let (samples, folder) = (std::fs::read(argument()?)?, argument()?);
    let (http, grpc) = (argument()?, argument()?);
    let folder = Path::new(&folder);
    let trail = Trail::builder("orders-api")
        .version("1.2.3")
        .file(folder.join("audit.ndjson"))
        .otlp(OtlpSink::http(&http, folder.join("http")))
        .otlp(OtlpSink::http_json(&http, folder.join("json")))
        .otlp(OtlpSink::grpc(&grpc, folder.join("grpc")))
        .start()?;
    for line in samples.split_inclusive(|byte| *byte == b'\n') {
        trail.record(&Sample(Record::read(line)?));
    }
    let first = samples.split_inclusive(|byte| *byte == b'\n').next();
    for text in HOSTILE {
        let mut record = Record::read(first.unwrap_or_default())?;
        record.user_agent = Some(Text::from(text));
        record.origin = Some(Text::from(text));
        trail.record(&Sample(record));
    }
    let metrics = Metrics::of(&trail);
    let export = OtlpMetrics::http(&http, metrics.clone()).start()?;
    // The stop waits for what is in the spools.
    trail.stop().await;
    export.stop().await;
    std::fs::write(folder.join("metrics.txt"), metrics.text())?;
    Ok(())
}

/// A record that comes back as the event that it was.
struct Sample<'a>(Record<'a>);

impl Event for Sample<'_> {
    fn record(&self, time: Timestamp) -> Record<'_> {
        let mut record = self.0.clone();
        record.time = time;
        record
    }
}

const HOSTILE: [&str; 5] = [
    "two\r\nlines and \u{2028} another",
    "\u{1b}[31mred\u{1b}[0m \u{202e}backwards",
    "\"},{\"event\":\"token.accepted\"",
    "e\u{301} \u{1f512} \u{0}",
    "",
];
