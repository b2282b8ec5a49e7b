use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// What sends a request to a webhook: the program's one outbound HTTP client, handed in.
///
/// It must have a deadline, follow no redirect and cap the answer.
///
/// ```
/// use jwtrail_monitor::{WebhookAnswer, WebhookClient, WebhookRequest};
///
/// #[derive(Debug)]
/// struct Refusing;
///
/// impl WebhookClient for Refusing {
///     fn accepts(&self, url: &str) -> bool {
///         url.starts_with("https://")
///     }
///
///     fn post<'a>(&'a self, _: WebhookRequest<'a>) -> WebhookAnswer<'a> {
///         Box::pin(async { Ok(503) })
///     }
/// }
/// ```
pub trait WebhookClient: Send + Sync + fmt::Debug {
    /// Whether this is a URL that it can call.
    fn accepts(&self, url: &str) -> bool;

    /// Posts a body and gives the answer's status.
    fn post<'a>(&'a self, request: WebhookRequest<'a>) -> WebhookAnswer<'a>;
}

/// The status of the answer, or why there was none; the text of the error must not repeat
/// the URL.
pub type WebhookAnswer<'a> =
    Pin<Box<dyn Future<Output = Result<u16, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// A request to a webhook.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct WebhookRequest<'a> {
    /// The URL.
    pub url: &'a str,
    /// The headers, `content-type` among them.
    pub headers: &'a [(&'static str, String)],
    /// The body.
    pub body: &'a [u8],
}

impl fmt::Debug for WebhookRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a secret, and a signature is nobody's business either.
        f.debug_struct("WebhookRequest")
            .field("body", &self.body.len())
            .finish_non_exhaustive()
    }
}
