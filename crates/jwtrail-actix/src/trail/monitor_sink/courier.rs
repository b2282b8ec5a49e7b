use jwtrail_event::{DroppedKind, SecretToken};

use crate::Outbound;
use crate::trail::delivery::{Courier, Outcome, Rejected, kind_of, lines_of, retry_after};

/// The monitor's protocol of ingest: NDJSON in a POST.
pub(in crate::trail) struct MonitorCourier {
    client: Outbound,
    url: String,
    credential: SecretToken,
}

impl MonitorCourier {
    pub(super) fn new(client: Outbound, url: String, credential: SecretToken) -> Self {
        Self {
            client,
            url,
            credential,
        }
    }
}

impl Courier for MonitorCourier {
    const RECEIVER: &'static str = "the monitor";

    fn url(&self) -> &str {
        &self.url
    }

    async fn deliver(&mut self, lines: &[u8]) -> Outcome {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/x-ndjson")
            .bearer(&self.credential)
            .body(lines.to_vec());
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Outcome::away(&error),
        };
        match answer.status() {
            200..=299 => Outcome::Taken(rejected(lines, answer.body())),
            413 => Outcome::Unfit,
            status => Outcome::Refused {
                answer: status.to_string(),
                remedy: remedy(status),
                wait: retry_after(&answer),
                smaller: false,
            },
        }
    }
}

fn rejected(lines: &[u8], body: &[u8]) -> Rejected {
    let mut rejected = Rejected::default();
    let Ok(answer) = serde_json::from_slice::<IngestAnswer>(body) else {
        return rejected;
    };
    let Some(first) = answer.rejected.first() else {
        return rejected;
    };
    rejected.problem.clone_from(&first.problem);
    let lines: Vec<&[u8]> = lines_of(lines).collect();
    for line in &answer.rejected {
        let line = lines.get(line.line.saturating_sub(1));
        let kind = line.map_or(DroppedKind::System, |line| kind_of(line));
        rejected.drops.add(kind, 1);
    }
    rejected
}

fn remedy(status: u16) -> &'static str {
    match status {
        401 => {
            "the producer credential is not known there: make one with the monitor and configure it here"
        }
        403 => "the producer credential may not write as this service: give it the service there",
        404 => "there is no monitor at this address: check the URL",
        _ => "audit records wait in the spool",
    }
}

/// What the monitor says to a batch.
#[derive(serde::Deserialize)]
struct IngestAnswer {
    #[serde(default)]
    rejected: Vec<RejectedLine>,
}

#[derive(serde::Deserialize)]
struct RejectedLine {
    /// From 1.
    line: usize,
    problem: String,
}
