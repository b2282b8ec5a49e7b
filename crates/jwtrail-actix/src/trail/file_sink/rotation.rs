use std::time::Duration;

use jwtrail_event::Timestamp;

/// When a file makes room for another one; never by default.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rotation {
    pub(super) bytes: Option<u64>,
    pub(super) every: Option<Duration>,
    /// How many old ones stay.
    pub(super) keep: u32,
}

impl Rotation {
    pub(super) fn keep_at_least(&mut self, keep: u32) {
        self.keep = self.keep.max(keep).max(1);
    }

    /// Whether a file of this length would grow too long.
    pub(super) fn exceeded(self, length: u64, bytes: &[u8]) -> bool {
        let most = self.bytes.unwrap_or(u64::MAX);
        length.saturating_add(bytes.len() as u64) > most
    }

    /// Which span of time it is; always the same one without a rotation by time.
    pub(super) fn period(self, now: Timestamp) -> i64 {
        let every = self.every.map(|every| i64::try_from(every.as_micros()));
        match every {
            Some(Ok(micros @ 1..)) => now.as_micros().div_euclid(micros),
            _ => 0,
        }
    }
}
