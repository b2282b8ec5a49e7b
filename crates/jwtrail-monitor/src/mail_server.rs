use std::fmt;
use std::time::Duration;

use jwtrail_event::SecretToken;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

/// A server that takes mail by SMTP, who writes and who reads. It is spoken to over TLS, and its
/// certificate must be good for its name.
///
/// ```
/// use jwtrail_event::SecretToken;
/// use jwtrail_monitor::{AlertOutput, MailServer};
///
/// let password = SecretToken::new("a password".to_owned());
/// let server = MailServer::builder("mail.example.com")
///     .credentials("jwtrail", password)
///     .build("jwtrail <jwtrail@example.com>", ["on-call@example.com"])?;
/// let output = AlertOutput::mail("mail", server);
/// assert!(!format!("{output:?}").contains("a password"));
/// # Ok::<(), jwtrail_monitor::UnusableMailServer>(())
/// ```
#[derive(Clone)]
pub struct MailServer {
    pub(crate) from: Mailbox,
    pub(crate) to: Vec<Mailbox>,
    host: String,
    port: u16,
    tls: Tls,
    place: String,
    name: String,
    password: Option<SecretToken>,
    security: Security,
}

impl MailServer {
    /// What is set of a server before it is used.
    #[must_use]
    pub fn builder(host: impl Into<String>) -> MailServerBuilder {
        MailServerBuilder {
            host: host.into(),
            port: None,
            security: Security::Wrapped,
            credentials: None,
            authorities: None,
        }
    }

    /// A connection over which it takes mail from us, as it seems.
    pub(crate) async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let place = (self.host.as_str(), self.port);
        let hello = ClientId::default();
        let wrapped = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, Some(CONNECT), &hello, wrapped, None)
                .await?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &hello).await?;
        }
        if let Some(password) = &self.password {
            let secret = password.expose().to_owned();
            let credentials = Credentials::new(self.name.clone(), secret);
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }

    /// Where mail goes and how, without the password.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn is_plaintext(&self) -> bool {
        self.security == Security::None
    }

    pub(crate) fn password(&self) -> &str {
        self.password
            .as_ref()
            .map_or("", |password| password.expose())
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// What is set of a mail server.
///
/// ```
/// use jwtrail_monitor::MailServer;
/// let builder = MailServer::builder("mail.example.com").starttls().port(2525);
/// assert!(builder.build("jwtrail@example.com", ["ops@example.com"]).is_ok());
/// ```
pub struct MailServerBuilder {
    host: String,
    port: Option<u16>,
    security: Security,
    credentials: Option<(String, SecretToken)>,
    authorities: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    Wrapped,
    StartTls,
    None,
}

impl MailServerBuilder {
    /// The port; 465 if it isn't given, 587 with STARTTLS, 25 without TLS.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// TLS begins after a first exchange in clear, and nothing is sent if it does not.
    #[must_use]
    pub fn starttls(mut self) -> Self {
        self.security = Security::StartTls;
        self
    }

    /// No TLS at all: for a server on the same machine. Credentials are then refused.
    #[must_use]
    pub fn dangerous_plaintext(mut self) -> Self {
        self.security = Security::None;
        self
    }

    /// The name and the password that the server wants.
    #[must_use]
    pub fn credentials(mut self, name: impl Into<String>, password: SecretToken) -> Self {
        self.credentials = Some((name.into(), password));
        self
    }

    /// Certificates, in PEM, of authorities that are trusted beside those of the system.
    #[must_use]
    pub fn authorities(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities = Some(pem.into());
        self
    }

    /// The server, with who writes and who reads: `jwtrail@example.com`, or with a name before
    /// it, `jwtrail <jwtrail@example.com>`.
    ///
    /// # Errors
    /// When an address or a certificate can't be read, nobody reads, or a password would go over
    /// the network in clear.
    pub fn build<'a>(
        self,
        from: &str,
        to: impl IntoIterator<Item = &'a str>,
    ) -> Result<MailServer, UnusableMailServer> {
        let to: Result<Vec<_>, _> = to.into_iter().map(mailbox).collect();
        let (from, to) = (mailbox(from)?, to?);
        if to.is_empty() {
            return Err(UnusableMailServer::NobodyReads);
        }
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':');
        if self.host.is_empty() || !self.host.bytes().all(fits) {
            return Err(UnusableMailServer::Host);
        }
        let port = self.port.unwrap_or(match self.security {
            Security::Wrapped => 465,
            Security::StartTls => 587,
            Security::None => 25,
        });
        let readers: Vec<String> = to.iter().map(ToString::to_string).collect();
        let tls = self.tls()?;
        let (name, password) = match self.credentials {
            Some(_) if self.security == Security::None => {
                return Err(UnusableMailServer::PasswordInClear);
            }
            Some((name, password)) => (name, Some(password)),
            None => (String::new(), None),
        };
        Ok(MailServer {
            place: format!(
                "{name}@{}:{port} {:?} {from} {readers:?}",
                self.host, self.security
            ),
            from,
            to,
            host: self.host,
            port,
            tls,
            name,
            password,
            security: self.security,
        })
    }

    fn tls(&self) -> Result<Tls, UnusableMailServer> {
        if self.security == Security::None {
            return Ok(Tls::None);
        }
        let mut parameters = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.authorities {
            let begins = |part: &[u8]| part == CERTIFICATE;
            if !pem.windows(CERTIFICATE.len()).any(begins) {
                return Err(UnusableMailServer::NoCertificate);
            }
            let certificate = Certificate::from_pem(pem).map_err(UnusableMailServer::Tls)?;
            parameters = parameters.add_root_certificate(certificate);
        }
        let parameters = parameters.build().map_err(UnusableMailServer::Tls)?;
        Ok(match self.security {
            Security::StartTls => Tls::Required(parameters),
            _ => Tls::Wrapper(parameters),
        })
    }
}

impl fmt::Debug for MailServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServerBuilder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// Why a mail server can't be used.
///
/// ```
/// use jwtrail_monitor::{MailServer, UnusableMailServer};
/// let refused = MailServer::builder("mail.example.com").build("nobody", ["ops@example.com"]);
/// assert!(matches!(refused, Err(UnusableMailServer::Address { .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableMailServer {
    /// The host is none.
    #[error("the server's name is no host name and no address")]
    Host,
    /// An address can't be read.
    #[error("`{address}` is no mail address: {source}")]
    Address {
        /// The address as given.
        address: String,
        /// What is wrong with it.
        source: lettre::address::AddressError,
    },
    /// There is no address to send to.
    #[error("nobody reads it; give at least one address in `to`")]
    NobodyReads,
    /// There are credentials but no TLS.
    #[error("the password would go over the network in clear; use TLS or no credentials")]
    PasswordInClear,
    /// The authorities' file holds none.
    #[error("there is no certificate among the authorities; give a file in PEM")]
    NoCertificate,
    /// TLS can't be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(#[source] Error),
}

fn mailbox(text: &str) -> Result<Mailbox, UnusableMailServer> {
    text.parse().map_err(|source| UnusableMailServer::Address {
        address: text.escape_debug().take(128).collect(),
        source,
    })
}

/// How a certificate begins in PEM.
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SecretToken {
        SecretToken::new("hunter2hunter2".to_owned())
    }

    #[test]
    fn what_would_betray_the_password_or_reach_nobody_is_refused() {
        let builder = || MailServer::builder("mail.example.com");
        let clear = builder().credentials("a", secret()).dangerous_plaintext();
        let clear = clear.build("a@example.com", ["b@example.com"]);
        assert!(matches!(clear, Err(UnusableMailServer::PasswordInClear)));
        let nobody = builder().build("a@example.com", []);
        assert!(matches!(nobody, Err(UnusableMailServer::NobodyReads)));
        let host = MailServer::builder("a b").build("a@example.com", ["b@example.com"]);
        assert!(matches!(host, Err(UnusableMailServer::Host)));
        for address in ["", "b", "b@", "b@example.com\r\nBcc: c@example.com"] {
            let refused = builder().build("a@example.com", [address]);
            assert!(
                matches!(refused, Err(UnusableMailServer::Address { .. })),
                "{address}"
            );
        }
        let none = builder().authorities("no certificate");
        let none = none.build("a@example.com", ["b@example.com"]);
        assert!(matches!(none, Err(UnusableMailServer::NoCertificate)));
        let pem = builder().authorities("-----BEGIN CERTIFICATE-----\nno\n");
        let pem = pem.build("a@example.com", ["b@example.com"]);
        assert!(matches!(pem, Err(UnusableMailServer::Tls(_))));
    }

    #[test]
    fn nothing_shows_the_password() {
        let builder = MailServer::builder("mail.example.com").credentials("a", secret());
        assert!(!format!("{builder:?}").contains("hunter2"));
        let server = builder.build("a@example.com", ["b@example.com"]).unwrap();
        assert!(!format!("{server:?}{}", server.place()).contains("hunter2"));
    }
}
