use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A buffer that keeps what is written to it; clones share it.
///
/// A sink, a log subscriber and an HTTP client can write to clones of one, or each to its own.
/// Tests wait on it by condition, not by sleeping.
///
/// ```
/// use std::io::Write as _;
/// use std::time::Duration;
/// use jwtrail_testkit::CapturedLines;
///
/// let captured = CapturedLines::new();
/// let mut sink = captured.clone();
/// std::thread::spawn(move || sink.write_all(b"{}\n"));
/// assert_eq!(captured.wait_for_lines(1, Duration::from_secs(10)).unwrap(), b"{}\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct CapturedLines(Arc<Shared>);

impl CapturedLines {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written so far.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.lock().clone()
    }

    /// Forgets what was written so far.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Lets writes fail as those to a full disk do, until it is said again.
    pub fn set_full(&self, full: bool) {
        self.0.full.store(full, Ordering::SeqCst);
    }

    /// Appends bytes, full or not.
    pub fn append(&self, bytes: &[u8]) {
        self.lock().extend_from_slice(bytes);
        self.0.written.notify_all();
    }

    /// Waits until so many lines are there, and gives everything.
    ///
    /// It blocks the thread: in a single-threaded runtime, wait on a blocking task of it.
    ///
    /// # Errors
    /// When the time runs out.
    pub fn wait_for_lines(&self, count: usize, limit: Duration) -> Result<Vec<u8>, TimedOut> {
        self.wait_until(limit, |bytes| {
            bytes.iter().filter(|byte| **byte == b'\n').count() >= count
        })
    }

    /// Waits until what was written is as it should be, and gives it.
    ///
    /// # Errors
    /// When the time runs out.
    pub fn wait_until(
        &self,
        limit: Duration,
        mut condition: impl FnMut(&[u8]) -> bool,
    ) -> Result<Vec<u8>, TimedOut> {
        let waited = self
            .0
            .written
            .wait_timeout_while(self.lock(), limit, |bytes| !condition(bytes));
        let (bytes, result) = waited.unwrap_or_else(PoisonError::into_inner);
        if result.timed_out() {
            return Err(TimedOut {
                limit,
                bytes: bytes.len(),
            });
        }
        Ok(bytes.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        // A test that panicked while it held the lock must not hide what was captured.
        self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for CapturedLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.full.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.append(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was waited for did not come in time.
///
/// ```
/// use std::time::Duration;
/// use jwtrail_testkit::{CapturedLines, TimedOut};
///
/// let limit = Duration::ZERO;
/// let waited = CapturedLines::new().wait_for_lines(1, limit);
/// assert_eq!(waited, Err(TimedOut { limit, bytes: 0 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not there after {limit:?}; {bytes} bytes were written")]
pub struct TimedOut {
    /// How long was waited.
    pub limit: Duration,
    /// How many bytes had come.
    pub bytes: usize,
}

#[derive(Debug, Default)]
struct Shared {
    bytes: Mutex<Vec<u8>>,
    written: Condvar,
    full: AtomicBool,
}
