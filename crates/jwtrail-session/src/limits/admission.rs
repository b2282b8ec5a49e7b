use super::Limited;
use crate::StateError;

/// What became of a request at the limits on good tokens.
///
/// ```
/// use futures_util::FutureExt as _;
/// use jwtrail_event::Timestamp;
/// use jwtrail_session::{Limits, NotAdmitted, Quota, Sharing};
///
/// let limits = Limits::builder().refreshes_per_subject(Quota::per_hour(1)).build()?;
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let ask = || limits.admit_refresh("https://login.example", "user-7", now);
/// // Limits in memory answer at once; otherwise await.
/// let first = ask().into_future().now_or_never().ok_or("pending")?;
/// assert!(first.verdict.is_ok() && first.turned.is_none());
/// let second = ask().into_future().now_or_never().ok_or("pending")?;
/// let Err(NotAdmitted::Limited(limited)) = second.verdict else { panic!("over") };
/// assert_eq!(limited.retry_after, 3_600);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a request that was not admitted must be refused"]
pub struct Admission {
    /// Whether the request may pass.
    pub verdict: Result<(), NotAdmitted>,
    /// Set for the one request that found the shared limits gone, or back: to be told once.
    pub turned: Option<Sharing>,
}

impl Admission {
    pub(super) fn locally(verdict: Result<(), Limited>) -> Self {
        Self {
            verdict: verdict.map_err(NotAdmitted::Limited),
            turned: None,
        }
    }
}

/// Why a request with a good token may not pass.
///
/// ```
/// use jwtrail_session::NotAdmitted;
///
/// fn status(refused: &NotAdmitted) -> u16 {
///     match refused {
///         NotAdmitted::Limited(_) => 429,
///         _ => 503,
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAdmitted {
    /// A limit refused it.
    #[error("the request is over the limit `{}`", .0.limit.as_str())]
    Limited(Limited),
    /// The shared limits can't be asked, and none are kept in their place.
    #[error("the shared limits can't be asked, so the request is refused")]
    Unavailable(#[from] StateError),
}

/// What becomes of requests while the shared limits can't be asked.
///
/// ```
/// use jwtrail_session::WhenDown;
/// assert_eq!(WhenDown::default(), WhenDown::Refuse);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a request passes or it does not")]
pub enum WhenDown {
    /// They are refused.
    #[default]
    Refuse,
    /// Each process counts for itself: a client may ask as much of each.
    CountLocally,
}

/// A change of the shared limits, as a request met it.
///
/// ```
/// use jwtrail_session::{Admission, Sharing};
///
/// fn tell(admission: &Admission) {
///     match admission.turned {
///         Some(Sharing::Lost) => println!("each process counts for itself"),
///         Some(Sharing::Restored) => println!("limits are shared again"),
///         None => {}
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "they are shared or they are not")]
pub enum Sharing {
    /// From now on each process counts for itself.
    Lost,
    /// Limits are shared again.
    Restored,
}
