use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{DroppedKind, MAX_LINE, Record, SecretToken, Sort};
use tokio::time::timeout;

use super::State;
use crate::internal_events::{
    MonitorAway, MonitorBack, MonitorRefused, MonitorRejectedLines, SpoolUnreadable,
};
use crate::trail::batch::dropped_kind;
use crate::{Outbound, OutboundError};

/// Delivers what is in the spool, in order, as long as it takes.
pub(super) struct Sender {
    state: Arc<State>,
    client: Outbound,
    url: String,
    credential: SecretToken,
    health: Health,
}

/// What was last said about the monitor, so that it is said once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    Away,
    Refusing(u16),
}

/// What became of one batch.
enum Delivery {
    Done,
    /// Again, after this time or the usual one.
    Later(Option<Duration>),
    /// Again, in smaller pieces.
    TooLarge,
}

impl Sender {
    pub(super) fn new(
        state: Arc<State>,
        client: Outbound,
        url: String,
        credential: SecretToken,
    ) -> Self {
        Self {
            state,
            client,
            url,
            credential,
            health: Health::Well,
        }
    }

    pub(super) async fn run(mut self) {
        let mut wait = FIRST_WAIT;
        let mut limit = BATCH_BYTES;
        loop {
            let lines = match self.state.spool().next(limit) {
                Ok(lines) => lines,
                Err(error) => {
                    SpoolUnreadable { error: &error }.emit();
                    self.state.spool().abandon_first();
                    self.state.lost().add(DroppedKind::System, 1);
                    continue;
                }
            };
            if lines.is_empty() {
                if self.state.is_closed() {
                    return;
                }
                self.state.filled.notified().await;
                continue;
            }
            match self.deliver(&lines).await {
                Delivery::Done => {
                    (wait, limit) = (FIRST_WAIT, BATCH_BYTES);
                    self.forget(&lines);
                }
                Delivery::TooLarge if limit > SMALLEST_BATCH => {
                    limit = (limit / 2).max(SMALLEST_BATCH)
                }
                // As small as it can be: the monitor will never take it.
                Delivery::TooLarge => {
                    for line in lines.split_inclusive(|byte| *byte == b'\n') {
                        self.state.lost().add(kind_of(line), 1);
                    }
                    self.forget(&lines);
                }
                Delivery::Later(_) if self.state.is_closed() => return,
                Delivery::Later(asked) => {
                    let pause = asked.unwrap_or(wait);
                    wait = (wait * 2).min(LONGEST_WAIT);
                    // An error is the time that is over; otherwise the trail is closing and
                    // there is one more attempt.
                    timeout(pause, self.state.closing.notified()).await.ok();
                }
            }
        }
    }

    async fn deliver(&mut self, lines: &[u8]) -> Delivery {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/x-ndjson")
            .bearer(&self.credential)
            .body(lines.to_vec());
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return self.away(&error),
        };
        match answer.status() {
            200..=299 => {
                self.well();
                self.count_rejected(lines, answer.body());
                Delivery::Done
            }
            413 => Delivery::TooLarge,
            status => {
                self.refused(status);
                let asked = answer.header("retry-after").and_then(|v| v.parse().ok());
                Delivery::Later(asked.map(|s: u64| Duration::from_secs(s).min(LONGEST_ASKED)))
            }
        }
    }

    fn forget(&self, lines: &[u8]) {
        if let Err(error) = self.state.spool().delivered(lines.len()) {
            SpoolUnreadable { error: &error }.emit();
        }
    }

    fn count_rejected(&self, lines: &[u8], body: &[u8]) {
        let Ok(answer) = serde_json::from_slice::<IngestAnswer>(body) else {
            return;
        };
        let Some(first) = answer.rejected.first() else {
            return;
        };
        MonitorRejectedLines {
            count: answer.rejected.len(),
            problem: &first.problem,
        }
        .emit();
        let lines: Vec<&[u8]> = lines.split_inclusive(|byte| *byte == b'\n').collect();
        for rejected in &answer.rejected {
            let line = lines.get(rejected.line.saturating_sub(1));
            let kind = line.map_or(DroppedKind::System, |line| kind_of(line));
            self.state.lost().add(kind, 1);
        }
    }

    fn well(&mut self) {
        if std::mem::replace(&mut self.health, Health::Well) != Health::Well {
            MonitorBack { url: &self.url }.emit();
        }
    }

    fn away(&mut self, error: &OutboundError) -> Delivery {
        if std::mem::replace(&mut self.health, Health::Away) != Health::Away {
            MonitorAway {
                url: &self.url,
                error,
            }
            .emit();
        }
        Delivery::Later(None)
    }

    fn refused(&mut self, status: u16) {
        let now = Health::Refusing(status);
        if std::mem::replace(&mut self.health, now) != now {
            MonitorRefused {
                url: &self.url,
                status,
            }
            .emit();
        }
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

fn kind_of(line: &[u8]) -> DroppedKind {
    Record::read(line).map_or(DroppedKind::System, |record| {
        dropped_kind(Sort::of(&record))
    })
}

const BATCH_BYTES: usize = 1024 * 1024;
/// Room for the longest line.
const SMALLEST_BATCH: usize = MAX_LINE;
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_ASKED: Duration = Duration::from_secs(60);
