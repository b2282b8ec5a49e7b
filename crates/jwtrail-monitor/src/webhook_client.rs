use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// What sends a request to a webhook: the program's one outbound HTTP client, handed in.
///
/// It must have a deadline, follow no redirect and cap the answer.
///
/// ```
/// use jwtrail_monitor::{WebhookAnswer, WebhookClient, WebhookReply, WebhookRequest};
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
///         Box::pin(async { Ok(WebhookReply::new(503)) })
///     }
/// }
/// ```
pub trait WebhookClient: Send + Sync + fmt::Debug {
    /// Whether this is a URL that it can call.
    fn accepts(&self, url: &str) -> bool;

    /// Whether a secret may be sent to this URL: nobody on the way can read it. Only `https` unless
    /// the client says otherwise; an address of this very machine may count as well.
    fn protects(&self, url: &str) -> bool {
        url.starts_with("https://")
    }

    /// Posts a body and gives the answer.
    fn post<'a>(&'a self, request: WebhookRequest<'a>) -> WebhookAnswer<'a>;
}

/// The answer, or why there was none; the text of the error must not repeat the URL.
pub type WebhookAnswer<'a> =
    Pin<Box<dyn Future<Output = Result<WebhookReply, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

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

/// What a webhook answered.
///
/// ```
/// use jwtrail_monitor::WebhookReply;
/// let reply = WebhookReply::new(200).body("{}");
/// assert_eq!((reply.status, &*reply.body), (200, &b"{}"[..]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookReply {
    /// The status code.
    pub status: u16,
    /// The body, as far as the client reads it: a collector says in it that it keeps nothing.
    pub body: Vec<u8>,
}

impl WebhookReply {
    /// An answer without a body.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self {
            status,
            body: Vec::new(),
        }
    }

    /// The same with a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}
