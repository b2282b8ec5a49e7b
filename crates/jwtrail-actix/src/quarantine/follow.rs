use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::quarantine::{Changes, Hold, MAX_HOLDS, Unreadable};
use jwtrail_event::{Clock, EventId, SecretToken};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::cache_file::CacheFile;
use super::{QuarantineError, Shared};
use crate::internal_events::{
    ListConfirmed, ListNotKept, ListRefused, ListStale, ListUnreadable, UnansweredBy,
};
use crate::{Outbound, OutboundAnswer, random};

/// Asks the monitor for its list, again and again, and keeps what it says.
pub(super) struct Follower {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    /// Ends when nobody has the list any more.
    ended: watch::Receiver<()>,
    cache_file: Option<CacheFile>,
    version: Option<String>,
    holds: Holds,
    /// A whole list of which parts are still to come.
    partial: Option<Holds>,
    health: Health,
}

type Holds = HashMap<EventId, Hold>;

/// What was last said about the monitor, so that it is not said with every attempt.
#[derive(Debug)]
struct Health {
    trouble: Option<&'static str>,
    told: Option<Instant>,
}

/// What an answer was good for.
enum Answered {
    /// Something has changed, or there is more to come.
    News,
    /// All is as it was.
    Same,
    /// Again, after this time or the usual one.
    Later(Option<Duration>),
}

impl Follower {
    pub(super) fn new(
        shared: Arc<Shared>,
        clock: Arc<dyn Clock>,
        ended: watch::Receiver<()>,
    ) -> Self {
        Self {
            shared,
            clock,
            ended,
            cache_file: None,
            version: None,
            holds: Holds::new(),
            partial: None,
            health: Health {
                trouble: None,
                told: None,
            },
        }
    }

    /// Takes what was kept, and keeps in the file what comes.
    pub(super) fn begin_with(&mut self, file: CacheFile) -> Result<(), QuarantineError> {
        if let Some(kept) = file.load()? {
            self.holds = kept.holds.into_iter().map(|hold| (hold.id, hold)).collect();
            self.version = Some(kept.version);
            self.shared.publish(self.holds.values());
        }
        self.cache_file = Some(file);
        Ok(())
    }

    pub(super) async fn run(mut self, client: Outbound, url: String, credential: SecretToken) {
        let mut ended = self.ended.clone();
        // An error says that the sender is gone, with everyone who had the list.
        let work = async {
            let mut wait = FIRST_WAIT;
            loop {
                let asked = Instant::now();
                let asking = self.question(&url);
                let answer = client.get(&asking).bearer(&credential).send().await;
                let again = match self.take(answer, &url) {
                    Answered::News => {
                        wait = FIRST_WAIT;
                        asked
                    }
                    // Whoever answers at once without news is not to be asked in a circle.
                    Answered::Same => {
                        wait = FIRST_WAIT;
                        asked + SHORTEST_ROUND
                    }
                    Answered::Later(told) => {
                        let pause = told.unwrap_or_else(|| jittered(wait));
                        wait = (wait * 2).min(LONGEST_WAIT);
                        Instant::now() + pause
                    }
                };
                sleep_until(again).await;
            }
        };
        tokio::select! {
            () = work => {}
            _ = ended.changed() => {}
        }
    }

    fn question(&self, url: &str) -> String {
        let seconds = WAIT.as_secs();
        match &self.version {
            // The reader has let only what can stand in a URL through.
            Some(version) => format!("{url}?wait={seconds}&since={version}"),
            None => url.to_owned(),
        }
    }

    fn take(
        &mut self,
        answer: Result<OutboundAnswer, crate::OutboundError>,
        url: &str,
    ) -> Answered {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                if let Some(stale) = self.trouble("away") {
                    UnansweredBy { url, error: &error }.emit();
                    stale.emit();
                }
                return Answered::Later(None);
            }
        };
        match answer.status() {
            200 => match Changes::read(answer.body()) {
                Ok(changes) => self.apply(changes, url),
                Err(error) => self.unreadable(&error, url),
            },
            304 => self.complete(false, url),
            status => {
                if let Some(stale) = self.trouble(refusal(status)) {
                    ListRefused { url, status }.emit();
                    stale.emit();
                }
                let asked = answer.header("retry-after").and_then(|v| v.parse().ok());
                Answered::Later(asked.map(|s: u64| Duration::from_secs(s).min(LONGEST_ASKED)))
            }
        }
    }

    fn apply(&mut self, changes: Changes, url: &str) -> Answered {
        if changes.whole {
            self.partial = Some(Holds::new());
        }
        let changed = changes.whole || !changes.holds.is_empty() || !changes.released.is_empty();
        let holds = self.partial.as_mut().unwrap_or(&mut self.holds);
        for id in &changes.released {
            holds.remove(id);
        }
        holds.extend(changes.holds.into_iter().map(|hold| (hold.id, hold)));
        let count = holds.len();
        if count > MAX_HOLDS {
            // From the start: half of it is no list.
            (self.version, self.partial) = (None, None);
            let limit = MAX_HOLDS;
            return self.unreadable(&Unreadable::TooMany { count, limit }, url);
        }
        self.version = Some(changes.version);
        if changes.more {
            // A whole list counts when it is complete, changes count one by one.
            if self.partial.is_none() {
                self.publish();
            }
            return Answered::News;
        }
        self.complete(changed, url)
    }

    /// The list is what the monitor has.
    fn complete(&mut self, changed: bool, url: &str) -> Answered {
        let whole = self.partial.take();
        let changed = changed || whole.is_some();
        if let Some(whole) = whole {
            self.holds = whole;
        }
        if changed {
            self.publish();
            self.keep();
        }
        self.confirmed(url);
        if changed {
            Answered::News
        } else {
            Answered::Same
        }
    }

    fn publish(&mut self) {
        let now = self.clock.now();
        self.holds.retain(|_, hold| now < hold.until);
        self.shared.publish(self.holds.values());
    }

    fn keep(&self) {
        let Some(file) = &self.cache_file else {
            return;
        };
        let list = Changes {
            version: self.version.clone().unwrap_or_default(),
            whole: true,
            more: false,
            holds: self.holds.values().cloned().collect(),
            released: Vec::new(),
        };
        if let Err(error) = file.keep(&list) {
            ListNotKept { error: &error }.emit();
        }
    }

    fn confirmed(&mut self, url: &str) {
        self.shared.confirm(&*self.clock);
        self.health.told = None;
        if self.health.trouble.take().is_some() {
            ListConfirmed { url }.emit();
        }
    }

    fn unreadable(&mut self, error: &Unreadable, url: &str) -> Answered {
        if let Some(stale) = self.trouble("unreadable") {
            ListUnreadable { url, error }.emit();
            stale.emit();
        }
        Answered::Later(None)
    }

    /// What is to be said about the list's age, unless the same was said not long ago.
    fn trouble(&mut self, trouble: &'static str) -> Option<ListStale> {
        let now = Instant::now();
        let lately = self.health.told.is_some_and(|told| now < told + SAY_AGAIN);
        if self.health.trouble.replace(trouble) == Some(trouble) && lately {
            return None;
        }
        self.health.told = Some(now);
        let confirmed = *self.shared.confirmed.borrow();
        Some(ListStale {
            seconds: confirmed.map(|at| self.clock.now().micros_since(at) / 1_000_000),
            entries: self.holds.len(),
        })
    }
}

const fn refusal(status: u16) -> &'static str {
    match status {
        401 | 403 => "refused",
        404 => "not there",
        429 | 503 => "busy",
        _ => "failing",
    }
}

/// Between a half and the whole of it, so that the services of a fleet do not come back as one.
fn jittered(wait: Duration) -> Duration {
    let [byte] = random::bytes();
    wait.mul_f64(0.5 + f64::from(byte) / 510.0)
}

/// How long the monitor may wait for news before it answers.
const WAIT: Duration = Duration::from_secs(25);
/// From the question to the last byte of the answer.
pub(super) const ANSWER_DEADLINE: Duration = Duration::from_secs(40);
/// The most bytes of one answer.
pub(super) const PAGE_BYTES: usize = 16 << 20;
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_ASKED: Duration = Duration::from_secs(60);
const SHORTEST_ROUND: Duration = Duration::from_secs(1);
const SAY_AGAIN: Duration = Duration::from_secs(5 * 60);
