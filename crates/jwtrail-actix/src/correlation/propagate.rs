use std::future::Future;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use tokio::task::JoinHandle;
use tracing::{Instrument as _, Span};

use super::Correlation;

impl Correlation {
    /// The ids that the task at hand was given by [`Correlation::scope`],
    /// [`Correlation::spawn`] or [`correlate`]; none outside of them.
    ///
    /// ```
    /// use jwtrail_actix::Correlation;
    ///
    /// /// Deep in the code, where no request is at hand.
    /// fn note() -> String {
    ///     Correlation::current().map_or_else(String::new, |ids| ids.id().to_owned())
    /// }
    /// assert_eq!(note(), "");
    /// ```
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs the future with these ids as its [`Correlation::current`], and in
    /// [`Correlation::span`].
    ///
    /// ```
    /// # use jwtrail_actix::Correlation;
    /// async fn handler(ids: Correlation) {
    ///     // A task that may move between threads.
    ///     tokio::spawn(ids.scope(async { tracing::info!("has the request's ids") }));
    /// }
    /// ```
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        let span = self.span();
        CURRENT.scope(self, future.instrument(span)).await
    }

    /// Starts a task on this worker's thread that has these ids, and goes on without waiting.
    ///
    /// ```
    /// # use jwtrail_actix::Correlation;
    /// async fn handler(ids: Correlation) {
    ///     ids.spawn(async { tracing::info!("goes on after the answer") });
    /// }
    /// ```
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        actix_web::rt::spawn(self.clone().scope(future))
    }

    /// A `tracing` span with the fields `correlation_id`, `trace_id` and `span_id`, so that the
    /// application's own log lines can be joined with the audit events.
    ///
    /// ```
    /// # use jwtrail_actix::Correlation;
    /// async fn handler(ids: Correlation) {
    ///     ids.span().in_scope(|| tracing::info!("has the request's ids"));
    /// }
    /// ```
    #[must_use]
    pub fn span(&self) -> Span {
        tracing::info_span!(
            "request",
            correlation_id = self.id(),
            trace_id = %self.trace_id,
            span_id = %self.span_id,
        )
    }
}

/// Gives each request's handler its ids: as [`Correlation::current`], and on the `tracing` span
/// that its log lines are in.
///
/// Put it inside of the protection, which alone knows whether the caller's trace is to be
/// trusted: of two `wrap`s the last is the outer one.
///
/// ```
/// use actix_web::middleware::from_fn;
/// use actix_web::{App, HttpResponse, web};
/// use jwtrail_actix::{JwtAuth, correlate};
///
/// fn routes(auth: &JwtAuth) {
///     let orders = web::resource("/orders")
///         .wrap(from_fn(correlate))
///         .wrap(auth.clone())
///         .to(HttpResponse::Ok);
///     App::new().service(orders);
/// }
/// ```
///
/// # Errors
/// Those of the handler.
pub async fn correlate<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let Ok(correlation) = request.extract::<Correlation>().await;
    correlation.scope(next.call(request)).await
}

/// An outgoing request that carries the ids on: `traceparent` and `x-request-id`, in place of any
/// that it has.
///
#[cfg_attr(feature = "reqwest", doc = "```no_run")]
#[cfg_attr(not(feature = "reqwest"), doc = "```ignore")]
/// use jwtrail_actix::{Correlated as _, Correlation};
///
/// # async fn f(client: reqwest::Client) -> Result<(), reqwest::Error> {
/// if let Some(ids) = Correlation::current() {
///     client.get("http://stock.internal/items").correlated(&ids).send().await?;
/// }
/// # Ok(())
/// # }
/// ```
pub trait Correlated: Sized {
    /// With these ids.
    #[must_use]
    fn correlated(self, ids: &Correlation) -> Self;
}

#[cfg(feature = "reqwest")]
impl Correlated for reqwest::RequestBuilder {
    fn correlated(self, ids: &Correlation) -> Self {
        use reqwest::header::{HeaderMap, HeaderValue};
        let mut headers = HeaderMap::new();
        for (name, value) in ids.headers() {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        self.headers(headers)
    }
}

#[cfg(feature = "awc")]
impl Correlated for awc::ClientRequest {
    fn correlated(self, ids: &Correlation) -> Self {
        let headers = ids.headers().into_iter();
        headers.fold(self, |request, header| request.insert_header(header))
    }
}

tokio::task_local! {
    static CURRENT: Correlation;
}
