use std::fmt;
use std::path::PathBuf;

use jwtrail_event::SecretToken;

#[cfg(feature = "smtp")]
use crate::MailServer;
use crate::{MonitorError, WebhookClient, check};

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
    /// Whether its secret may go over plain `http`, see [`dangerous_plain_http`](Self::dangerous_plain_http).
    pub plain_http: bool,
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
            plain_http: false,
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
            plain_http: false,
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
            plain_http: false,
        }
    }

    /// A file, made if it is not there.
    #[must_use]
    pub fn file(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            target: AlertTarget::File(path.into()),
            format: AlertFormat::Jwtrail,
            plain_http: false,
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
            plain_http: false,
        }
    }

    /// Sends the secret of the output over `http` to another machine, where whoever is on the way
    /// can read it: a token, or what of the URL is secret. A `config.unsafe` event at start.
    #[must_use]
    pub fn dangerous_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The `dangerous_` options that are in force, each once.
    pub(crate) fn unsafe_options(outputs: &[Self]) -> impl Iterator<Item = &'static str> {
        let plain_http = outputs.iter().any(|output| output.plain_http);
        #[cfg(feature = "smtp")]
        let plaintext = outputs.iter().any(|output| match &output.target {
            AlertTarget::Mail(server) => server.is_plaintext(),
            _ => false,
        });
        #[cfg(not(feature = "smtp"))]
        let plaintext = false;
        let all = [
            (plain_http, "dangerous_plain_http"),
            (plaintext, "dangerous_plaintext"),
        ];
        all.into_iter()
            .filter_map(|(set, name)| set.then_some(name))
    }

    /// What of it would be read by whoever is on the way, if that is anything. A signature's key
    /// stays here.
    pub(crate) fn secret_sent(&self) -> Option<&'static str> {
        let AlertTarget::Url { url, secret } = &self.target else {
            return None;
        };
        match self.format {
            AlertFormat::Otlp if secret.is_some() => Some("its `token`"),
            // Who knows the address may write there.
            AlertFormat::Slack => Some("its `url`, which is a secret,"),
            _ if url.has_secret() => Some("the secret in its `url`"),
            _ => None,
        }
    }

    /// Whether a monitor can use it, as far as can be said before it starts.
    ///
    /// # Errors
    /// When its name, its URL or its secret can't be used, or a secret would be sent unprotected.
    pub fn check(&self, client: Option<&dyn WebhookClient>) -> Result<(), MonitorError> {
        check::output(self, client)
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

    /// Whether it holds a name, a password or a query, which may be a key.
    fn has_secret(&self) -> bool {
        let (_, rest) = self.0.split_once(':').unwrap_or_default();
        // However many there are, and of which kind: clients read them all as two.
        let rest = rest.trim_start_matches(|c: char| c == '/' || c == '\\' || c.is_whitespace());
        let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
        authority.contains('@') || rest.contains('?')
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_url_is_seen_however_it_is_written() {
        let sent = |url: &str| {
            let output = AlertOutput::unsigned("a", url, AlertFormat::Jwtrail);
            output.secret_sent().is_some()
        };
        for url in [
            "http://me:pw@a.example/x",
            "http:/me:pw@a.example",
            "http:me:pw@a.example",
            "http:\\\\me@a.example",
            "http://a.example/x?key=1",
        ] {
            assert!(sent(url), "{url}");
        }
        for url in [
            "http://a.example",
            "http://a.example/@me",
            "http://a.example/#b",
        ] {
            assert!(!sent(url), "{url}");
        }
    }
}
