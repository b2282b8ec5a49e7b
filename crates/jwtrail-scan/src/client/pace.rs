use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::SendError;

/// How many requests may go out, and how fast.
pub(super) struct Pace {
    interval: Duration,
    budget: u32,
    sent: AtomicU32,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many a second, and so many in all.
    pub(super) fn new(rate: u32, budget: u32) -> Self {
        Self {
            interval: Duration::from_secs(1) / rate.max(1),
            budget,
            sent: AtomicU32::new(0),
            next: Mutex::new(None),
        }
    }

    pub(super) fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn exhausted(&self) -> bool {
        self.sent() >= self.budget
    }

    /// Waits for the turn of the next request.
    pub(super) async fn wait(&self) -> Result<(), SendError> {
        let mut next = self.next.lock().await;
        if self.exhausted() {
            return Err(SendError::Budget);
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.interval);
        drop(next);
        sleep_until(turn).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_take_turns_until_the_budget_is_used_up() {
        let pace = Pace::new(10, 3);
        let start = Instant::now();
        for _ in 0..3 {
            pace.wait().await.unwrap();
        }
        assert_eq!(start.elapsed().as_millis(), 200);
        assert_eq!(pace.wait().await, Err(SendError::Budget));
        assert_eq!(pace.sent(), 3);
    }
}
