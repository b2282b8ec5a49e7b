use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::{Clock, Timestamp};

use crate::DemoError;

/// How long a condition is waited for.
#[derive(Debug)]
pub(crate) struct Deadline {
    clock: Arc<dyn Clock>,
    patience: Duration,
    end: Timestamp,
}

impl Deadline {
    pub(crate) fn starting(clock: &Arc<dyn Clock>, patience: Duration) -> Self {
        let micros = i64::try_from(patience.as_micros()).unwrap_or(i64::MAX);
        Self {
            clock: Arc::clone(clock),
            patience,
            end: clock.now().plus_micros(micros),
        }
    }

    /// Waits for a moment before the next look; fails when it was long enough.
    pub(crate) async fn wait(&mut self) -> Result<(), Overdue> {
        if self.clock.now() >= self.end {
            return Err(Overdue(self.patience));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        Ok(())
    }
}

/// The condition did not come in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overdue(Duration);

impl From<Overdue> for DemoError {
    fn from(Overdue(patience): Overdue) -> Self {
        Self::MonitorAway {
            seconds: patience.as_secs(),
        }
    }
}

pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
