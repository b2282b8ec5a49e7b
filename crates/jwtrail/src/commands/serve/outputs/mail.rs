use std::fs;

use jwtrail_event::SecretToken;
use jwtrail_monitor::MailServer;

use super::{given, text, wrong};
use crate::config::{MailSecurity, OutputSection};
use crate::failure::Failure;

/// The mail server that an output names.
pub(super) fn server(name: &str, section: &OutputSection) -> Result<MailServer, Failure> {
    let mut server = MailServer::builder(given(name, "server", section.server.as_ref())?);
    if let Some(port) = section.port {
        server = server.port(port);
    }
    server = match section.security {
        Some(MailSecurity::Starttls) => server.starttls(),
        Some(MailSecurity::DangerousPlaintext) => server.dangerous_plaintext(),
        Some(MailSecurity::Tls) | None => server,
    };
    server = match (&section.username, &section.password) {
        (None, None) => server,
        (Some(username), Some(password)) => {
            let secret = SecretToken::new(text(&password.read()?, password)?);
            server.credentials(username, secret)
        }
        _ => {
            return Err(wrong(
                name,
                "it needs `username` and `password`, or neither",
            ));
        }
    };
    if let Some(path) = &section.authorities {
        let pem = fs::read(path).map_err(|error| {
            Failure::usage("cannot read the certificates")
                .in_file(path)
                .because(&error)
        })?;
        server = server.authorities(pem);
    }
    let from = given(name, "from", section.from.as_ref())?;
    let to = given(name, "to", section.to.as_ref())?;
    server
        .build(from, to.iter().map(String::as_str))
        .map_err(|error| wrong(name, &error.to_string()))
}
