use std::time::Duration;

use jwtrail_event::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::fetch::DEADLINE;

/// The one fetch at a time of an issuer's keys, for all that need it.
///
/// Requests have one begin when the last is long enough ago, and wait for the one that runs. A
/// lock is held for as long as it takes to look at three fields, never across the fetch.
#[derive(Debug)]
pub(super) struct Flight {
    issuer: Box<str>,
    cooldown: Duration,
    state: watch::Sender<State>,
    asked: Notify,
}

#[derive(Clone, Copy, Debug)]
struct State {
    running: bool,
    /// When the last one ended, good or bad.
    ended: Option<Timestamp>,
    /// How many have ended.
    count: u64,
}

impl Flight {
    /// The first one is about to begin: whoever comes meanwhile waits for it.
    pub(super) fn new(issuer: &str, cooldown: Duration) -> Self {
        let first = State {
            running: true,
            ended: None,
            count: 0,
        };
        Self {
            issuer: issuer.into(),
            cooldown,
            state: watch::Sender::new(first),
            asked: Notify::new(),
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Waits for the fetch that runs, or for one that begins now. Not during the cooldown: then
    /// nothing is to be waited for, and this says so at once.
    pub(super) async fn joined(&self, now: Timestamp) -> bool {
        if self.state.receiver_count() >= MAX_WAITING {
            return false;
        }
        let mut ended = self.state.subscribe();
        let mut seen = None;
        let begun = self.state.send_if_modified(|state| {
            let begins = !state.running && !state.is_cooling(now, self.cooldown);
            state.running |= begins;
            seen = state.running.then_some(state.count);
            begins
        });
        if begun {
            self.asked.notify_one();
        }
        let Some(seen) = seen else {
            return false;
        };
        let outcome = timeout(DEADLINE, ended.wait_for(|state| state.count != seen)).await;
        matches!(outcome, Ok(Ok(_)))
    }

    /// For who fetches: comes back when a request has one begin.
    pub(super) async fn asked(&self) {
        loop {
            self.asked.notified().await;
            // It may have been asked for one that has run already.
            if self.state.borrow().running {
                return;
            }
        }
    }

    pub(super) fn begin(&self) {
        self.state.send_modify(|state| state.running = true);
    }

    pub(super) fn end(&self, now: Timestamp) {
        self.state.send_modify(|state| {
            state.running = false;
            state.ended = Some(now);
            state.count = state.count.wrapping_add(1);
        });
    }
}

impl State {
    /// A clock that was set back ends the cooldown, so that it can't last for ever.
    fn is_cooling(&self, now: Timestamp, cooldown: Duration) -> bool {
        self.ended.is_some_and(|ended| {
            u128::try_from(now.micros_since(ended)).is_ok_and(|since| since < cooldown.as_micros())
        })
    }
}

/// How many requests wait at most; the others are answered without.
const MAX_WAITING: usize = 1_000;

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;
    use futures_util::future::join_all;

    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(30);

    fn is_pending(future: impl Future) -> bool {
        future.now_or_never().is_none()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000 + seconds)
    }

    fn idle() -> Flight {
        let flight = Flight::new("https://login.example", COOLDOWN);
        flight.end(at(0));
        flight
    }

    #[tokio::test]
    async fn all_that_come_meanwhile_wait_for_the_one_that_runs() {
        let flight = idle();
        let mut waiting = pin!(join_all((0..100).map(|_| flight.joined(at(30)))));
        assert!(is_pending(&mut waiting));
        // One has it begin.
        flight.asked().await;
        assert!(is_pending(flight.asked()));
        flight.end(at(31));
        assert_eq!(waiting.await, [true; 100]);
    }

    #[tokio::test]
    async fn nobody_waits_during_the_cooldown() {
        let flight = idle();
        for second in [0, 1, 29] {
            assert!(!flight.joined(at(second)).await);
        }
        assert!(is_pending(flight.asked()));
        assert!(is_pending(flight.joined(at(30))));
        flight.asked().await;
    }

    #[tokio::test]
    async fn the_first_one_is_waited_for() {
        let flight = Flight::new("https://login.example", COOLDOWN);
        let mut waiting = pin!(flight.joined(at(0)));
        assert!(is_pending(&mut waiting));
        flight.begin();
        flight.end(at(1));
        assert!(waiting.await);
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_does_not_prolong_the_cooldown() {
        let flight = idle();
        assert!(is_pending(flight.joined(at(-5_000))));
    }

    #[tokio::test]
    async fn a_fetch_that_never_ends_is_waited_for_no_longer_than_its_deadline() {
        let flight = idle();
        let start = tokio::time::Instant::now();
        assert!(!flight.joined(at(30)).await);
        assert!(start.elapsed() >= DEADLINE);
    }

    #[tokio::test]
    async fn who_goes_away_does_not_end_it_for_the_others() {
        let flight = idle();
        {
            let mut first = pin!(flight.joined(at(30)));
            assert!(is_pending(&mut first));
        }
        let mut second = pin!(flight.joined(at(30)));
        assert!(is_pending(&mut second));
        flight.end(at(31));
        assert!(second.await);
    }

    #[tokio::test]
    async fn no_more_than_a_thousand_wait() {
        let flight = idle();
        let mut waiting = pin!(join_all((0..MAX_WAITING).map(|_| flight.joined(at(30)))));
        assert!(is_pending(&mut waiting));
        assert!(!flight.joined(at(30)).await);
    }
}
