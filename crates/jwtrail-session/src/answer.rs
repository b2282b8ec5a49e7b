use std::fmt;
use std::future::{IntoFuture, Ready, ready};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either};

/// An answer that is either here, or comes later.
///
/// A [`State`](crate::State) in memory answers at once, and so costs the request no boxed
/// future; one behind a network answers later. Either way it can be awaited.
///
/// ```
/// use jwtrail_session::Answer;
/// # futures_util::FutureExt::now_or_never(async {
/// assert_eq!(Answer::Ready(1).map(|n| n + 1).await, 2);
/// assert_eq!(Answer::later(async { 1 }).await, 1);
/// # });
/// ```
#[expect(clippy::exhaustive_enums, reason = "an answer is here or it is not")]
pub enum Answer<'a, T> {
    /// It is here.
    Ready(T),
    /// It comes.
    Later(BoxFuture<'a, T>),
}

impl<'a, T: 'a> Answer<'a, T> {
    /// An answer that comes when a future completes.
    pub fn later(future: impl Future<Output = T> + Send + 'a) -> Self {
        Self::Later(future.boxed())
    }

    /// The same answer, changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'a) -> Answer<'a, U> {
        match self {
            Self::Ready(value) => Answer::Ready(change(value)),
            Self::Later(future) => Answer::Later(future.map(change).boxed()),
        }
    }
}

impl<'a, T> IntoFuture for Answer<'a, T> {
    type Output = T;
    type IntoFuture = Either<Ready<T>, BoxFuture<'a, T>>;

    fn into_future(self) -> Self::IntoFuture {
        match self {
            Self::Ready(value) => Either::Left(ready(value)),
            Self::Later(future) => Either::Right(future),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(value) => f.debug_tuple("Ready").field(value).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}
