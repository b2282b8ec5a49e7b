use std::fmt;
use std::path::PathBuf;

use jwtrail_event::SecretToken;

#[cfg(feature = "smtp")]
use crate::MailServer;

/// One place that alerts are sent to.
///
/// ```
/// use jwtrail_monitor::{AlertFormat, AlertOutput};
///
/// let chat = AlertOutput::unsigned("chat", "https://chat.example/hook", AlertFormat::Slack);
/// let file = AlertOutput::file("file", "/var/log/alerts.ndjson").format(AlertFormat::Ocsf);
/// assert_eq!((chat.format, file.format), (AlertFormat::Slack, AlertFormat::Ocsf));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AlertOutput {
    /// Its name, the same over restarts: what waits for it is kept under the name.
    pub name: String,
    /// Where it is.
    pub target: AlertTarget,
    /// How a notice is written.
    pub format: AlertFormat,
}

/// Where an output is.
///
/// ```
/// use jwtrail_monitor::{AlertOutput, AlertTarget};
///
/// let output = AlertOutput::file("file", "alerts.ndjson");
/// assert!(matches!(output.target, AlertTarget::File(_)));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AlertTarget {
    /// An address that notices are posted to.
    Url {
        /// The `http` or `https` URL. It may hold a secret and is never shown.
        url: WebhookUrl,
        /// The key of the signature, at least 16 bytes, or the token that a collector of
        /// OpenTelemetry wants; without one there is none.
        secret: Option<SecretToken>,
    },
    /// A file, to which a line is appended for each notice.
    File(PathBuf),
    /// Readers of mail; the format is then a text for people.
    #[cfg(feature = "smtp")]
    Mail(Box<MailServer>),
}

/// How a notice is written.
///
/// ```
/// use jwtrail_monitor::{AlertFormat, AlertOutput};
/// let output = AlertOutput::file("file", "alerts.ndjson");
/// assert_eq!(output.format, AlertFormat::Jwtrail);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever matches must know all")]
pub enum AlertFormat {
    /// Our own: the alert as the API shows it, and whether it was raised or resolved.
    Jwtrail,
    /// The v2 API of Prometheus' Alertmanager, whose address is the URL.
    Alertmanager,
    /// A text for chat systems that take what Slack takes.
    Slack,
    /// A Detection Finding of OCSF.
    Ocsf,
    /// The same as a log record of OpenTelemetry's protocol, for a collector whose address is
    /// the URL.
    Otlp,
}

impl AlertOutput {
    /// A webhook whose notices are signed.
    #[must_use]
    pub fn webhook(name: impl Into<String>, url: impl Into<String>, secret: SecretToken) -> Self {
        Self {
            name: name.into(),
            target: AlertTarget::Url {
                url: WebhookUrl(url.into()),
                secret: Some(secret),
            },
            format: AlertFormat::Jwtrail,
        }
    }

    /// An address that knows no signature.
    #[must_use]
    pub fn unsigned(name: impl Into<String>, url: impl Into<String>, format: AlertFormat) -> Self {
        Self {
            name: name.into(),
            target: AlertTarget::Url {
                url: WebhookUrl(url.into()),
                secret: None,
            },
            format,
        }
    }

    /// A collector of OpenTelemetry that takes logs over HTTP, with the token that it wants.
    #[must_use]
    pub fn otlp(
        name: impl Into<String>,
        url: impl Into<String>,
        token: Option<SecretToken>,
    ) -> Self {
        Self {
            name: name.into(),
            target: AlertTarget::Url {
                url: WebhookUrl(url.into()),
                secret: token,
            },
            format: AlertFormat::Otlp,
        }
    }

    /// A file, made if it is not there.
    #[must_use]
    pub fn file(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            target: AlertTarget::File(path.into()),
            format: AlertFormat::Jwtrail,
        }
    }

    /// A mail to those who read it.
    #[cfg(feature = "smtp")]
    #[must_use]
    pub fn mail(name: impl Into<String>, server: MailServer) -> Self {
        Self {
            name: name.into(),
            target: AlertTarget::Mail(Box::new(server)),
            format: AlertFormat::Jwtrail,
        }
    }

    /// The same in another format.
    #[must_use]
    pub fn format(mut self, format: AlertFormat) -> Self {
        self.format = format;
        self
    }
}

/// A webhook's URL; chat systems put a secret into it, so it is not printed.
///
/// ```
/// use jwtrail_monitor::{AlertFormat, AlertOutput};
/// let output = AlertOutput::unsigned("chat", "https://chat.example/s3cret", AlertFormat::Slack);
/// assert!(!format!("{output:?}").contains("s3cret"));
/// ```
#[derive(Clone)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// The text, for the one place that has to call it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl(..)")
    }
}
