use std::thread;
use std::time::Duration;

/// Asks again and again until it is so: for the state of somebody else's process, which tells
/// nobody when it changes. For what is ours, wait on what says so.
///
/// ```
/// use std::time::Duration;
/// use jwtrail_testkit::ask_until;
///
/// let mut asked = 0;
/// ask_until(Duration::from_secs(60), || {
///     asked += 1;
///     asked == 3
/// })?;
/// # Ok::<(), jwtrail_testkit::NeverSo>(())
/// ```
///
/// # Errors
/// When it is not so within about the limit.
pub fn ask_until(limit: Duration, mut is_so: impl FnMut() -> bool) -> Result<(), NeverSo> {
    let most = limit.as_millis() / PAUSE.as_millis();
    for _ in 0..=most {
        if is_so() {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    Err(NeverSo { limit })
}

/// What was asked for did not become so in time.
///
/// ```
/// use std::time::Duration;
/// use jwtrail_testkit::{NeverSo, ask_until};
///
/// let limit = Duration::ZERO;
/// assert_eq!(ask_until(limit, || false), Err(NeverSo { limit }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not so after {limit:?}")]
pub struct NeverSo {
    /// How long was asked.
    pub limit: Duration,
}

const PAUSE: Duration = Duration::from_millis(20);
