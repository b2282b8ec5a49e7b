use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

/// What takes a log source away from the service for a while, as an outage would, and gives it
/// back. Clones are the same switch.
///
/// ```
/// # async fn example() {
/// use jwtrail_scan::Switch;
///
/// let switch = Switch::new("the OTLP receiver on http://127.0.0.1:4318");
/// assert!(!switch.refuses().await);
/// assert_eq!(switch.refused(), 0);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Switch(Arc<State>);

#[derive(Debug)]
struct State {
    source: String,
    off: AtomicBool,
    refused: AtomicU64,
}

impl Switch {
    /// The switch of a source, by its [description](crate::LogSource::description); it is on.
    #[must_use]
    pub fn new(source: &str) -> Self {
        Self(Arc::new(State {
            source: source.to_owned(),
            off: AtomicBool::new(false),
            refused: AtomicU64::new(0),
        }))
    }

    /// The source's description.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Begins the outage.
    pub fn turn_off(&self) {
        self.0.off.store(true, Ordering::SeqCst);
    }

    /// Ends it.
    pub fn turn_on(&self) {
        self.0.off.store(false, Ordering::SeqCst);
    }

    /// How often something was refused so far.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::SeqCst)
    }

    /// Asked by the source for everything that it is sent: whether it has to be refused, which
    /// takes a while, so that who waits for it is seen to wait.
    pub async fn refuses(&self) -> bool {
        let off = self.0.off.load(Ordering::SeqCst);
        if off {
            sleep(HOLD).await;
            self.0.refused.fetch_add(1, Ordering::SeqCst);
        }
        off
    }
}

/// How long something is held before it is refused.
pub(crate) const HOLD: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_in_an_outage_is_held_and_refused() {
        let switch = Switch::new("a source");
        let start = Instant::now();
        assert!(!switch.refuses().await);
        assert_eq!((start.elapsed(), switch.refused()), (Duration::ZERO, 0));
        switch.clone().turn_off();
        assert!(switch.refuses().await);
        assert_eq!((start.elapsed(), switch.refused()), (HOLD, 1));
        switch.turn_on();
        assert!(!switch.refuses().await);
        assert_eq!(switch.refused(), 1);
    }
}
