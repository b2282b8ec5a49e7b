use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{DroppedKind, MAX_LINE};
use tokio::time::timeout;

use super::{Courier, Outcome, Rejected, State, kind_of, lines_of};
use crate::internal_events::{
    ReceiverAway, ReceiverBack, ReceiverRefused, ReceiverRejectedLines, SpoolUnreadable,
};

/// Delivers what is in the spool, in order, as long as it takes.
pub(super) struct Deliverer<C> {
    state: Arc<State>,
    courier: C,
    health: Health,
    pace: Pace,
}

/// What was last said about the receiver, so that it is said once.
#[derive(PartialEq, Eq)]
enum Health {
    Well,
    Away,
    Refusing(String),
}

/// How much is sent at once, and how long a failure is waited out.
struct Pace {
    bytes: usize,
    wait: Duration,
}

impl<C: Courier> Deliverer<C> {
    pub(super) fn new(state: Arc<State>, courier: C) -> Self {
        Self {
            state,
            courier,
            health: Health::Well,
            pace: Pace::FULL,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let next = self.state.spool().next(self.pace.bytes);
            let lines = match next {
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
            let again = match self.courier.deliver(&lines).await {
                Outcome::Taken(rejected) => {
                    self.well();
                    self.pace = Pace::FULL;
                    self.count(&rejected);
                    self.forget(&lines);
                    None
                }
                Outcome::Unfit => {
                    if self.pace.is_smallest() {
                        self.give_up(&lines);
                    }
                    self.pace.halve();
                    None
                }
                Outcome::Away { problem, too_slow } => {
                    if too_slow {
                        // It may manage less in its time.
                        self.pace.halve();
                    }
                    Some(self.away(&problem))
                }
                Outcome::Refused {
                    answer,
                    remedy,
                    wait,
                    smaller,
                } => {
                    if smaller {
                        self.pace.halve();
                    }
                    Some(self.refused(answer, remedy, wait))
                }
            };
            if let Some(pause) = again {
                if self.state.is_closed() {
                    return;
                }
                // An error is the time that is over; otherwise the trail is closing and there
                // is one more attempt.
                timeout(pause, self.state.closing.notified()).await.ok();
            }
        }
    }

    /// As little as it can be: the receiver will never take it.
    fn give_up(&self, lines: &[u8]) {
        let mut rejected = Rejected {
            problem: "the receiver takes none of it".to_owned(),
            ..Rejected::default()
        };
        for line in lines_of(lines) {
            rejected.drops.add(kind_of(line), 1);
        }
        self.count(&rejected);
        self.forget(lines);
    }

    fn count(&self, rejected: &Rejected) {
        let count = rejected.drops.total();
        if count > 0 {
            ReceiverRejectedLines {
                receiver: C::RECEIVER,
                count,
                problem: &rejected.problem,
            }
            .emit();
            self.state.lost().merge(&rejected.drops);
        }
    }

    fn forget(&self, lines: &[u8]) {
        if let Err(error) = self.state.spool().delivered(lines.len()) {
            SpoolUnreadable { error: &error }.emit();
        }
    }

    fn well(&mut self) {
        if std::mem::replace(&mut self.health, Health::Well) != Health::Well {
            ReceiverBack {
                receiver: C::RECEIVER,
                url: self.courier.url(),
            }
            .emit();
        }
    }

    fn away(&mut self, problem: &str) -> Duration {
        if std::mem::replace(&mut self.health, Health::Away) != Health::Away {
            ReceiverAway {
                receiver: C::RECEIVER,
                url: self.courier.url(),
                problem,
            }
            .emit();
        }
        self.pace.next_wait()
    }

    fn refused(
        &mut self,
        answer: String,
        remedy: &'static str,
        wait: Option<Duration>,
    ) -> Duration {
        let now = Health::Refusing(answer);
        if self.health != now
            && let Health::Refusing(answer) = &now
        {
            ReceiverRefused {
                receiver: C::RECEIVER,
                url: self.courier.url(),
                answer,
                remedy,
            }
            .emit();
        }
        self.health = now;
        let own = self.pace.next_wait();
        wait.map_or(own, |asked| asked.min(LONGEST_ASKED))
    }
}

impl Pace {
    const FULL: Self = Self {
        bytes: BATCH_BYTES,
        wait: FIRST_WAIT,
    };

    fn is_smallest(&self) -> bool {
        self.bytes == SMALLEST_BATCH
    }

    fn halve(&mut self) {
        self.bytes = (self.bytes / 2).max(SMALLEST_BATCH);
    }

    fn next_wait(&mut self) -> Duration {
        let wait = self.wait;
        self.wait = (wait * 2).min(LONGEST_WAIT);
        wait
    }
}

const BATCH_BYTES: usize = 1024 * 1024;
/// Room for the longest line.
const SMALLEST_BATCH: usize = MAX_LINE;
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_ASKED: Duration = Duration::from_secs(60);
