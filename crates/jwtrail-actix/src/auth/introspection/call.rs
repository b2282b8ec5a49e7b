use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_event::SecretToken;

use crate::internal_events::{IssuerAnswersAgain, IssuerDoesNotAnswer};
use crate::{Outbound, OutboundError};

/// The question to the issuer's endpoint.
pub(super) struct Call {
    endpoint: String,
    outbound: Outbound,
    authorization: SecretToken,
    /// The last question got no answer.
    away: AtomicBool,
}

impl Call {
    /// None for an endpoint to which no secret may be sent.
    pub(super) fn new(
        endpoint: String,
        outbound: Outbound,
        (id, secret): &(String, SecretToken),
    ) -> Option<Self> {
        if !outbound.protects(&endpoint) {
            return None;
        }
        let pair = SecretToken::new(format!("{}:{}", form(id), form(secret.expose())));
        let basic = STANDARD.encode(pair.expose());
        Some(Self {
            endpoint,
            outbound,
            authorization: SecretToken::new(basic),
            away: AtomicBool::new(false),
        })
    }

    /// The answer's body; none if there was no good one.
    pub(super) async fn ask(&self, token: &str) -> Option<Vec<u8>> {
        let body = SecretToken::new(format!(
            "token={}&token_type_hint=access_token",
            form(token)
        ));
        let request = self
            .outbound
            .post(&self.endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .basic(&self.authorization)
            .body(body.expose().as_bytes().to_vec());
        match request.send().await {
            Ok(answer) if answer.status() == 200 && answer.body().len() <= MOST_ANSWER => {
                if self.away.swap(false, Ordering::Relaxed) {
                    IssuerAnswersAgain.emit();
                }
                Some(answer.body().to_vec())
            }
            Ok(answer) if answer.status() == 200 => {
                self.failed("an answer of more than 16 KiB");
                None
            }
            Ok(answer) => {
                self.failed(&format!("status {}", answer.status()));
                None
            }
            Err(error) => {
                self.failed(&text(&error));
                None
            }
        }
    }

    /// Says so once, until there is an answer again.
    pub(super) fn failed(&self, problem: &str) {
        if !self.away.swap(true, Ordering::Relaxed) {
            IssuerDoesNotAnswer { problem }.emit();
        }
    }
}

fn text(error: &OutboundError) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// As in `application/x-www-form-urlencoded`, which RFC 6749 section 2.3.1 asks for in the
/// credentials, too.
fn form(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            form.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            write!(form, "%{byte:02X}").ok();
        }
    }
    form
}

/// In bytes.
const MOST_ANSWER: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_is_escaped() {
        assert_eq!(form("aZ0-._~"), "aZ0-._~");
        assert_eq!(form("a b&c=d+e:ä%"), "a%20b%26c%3Dd%2Be%3A%C3%A4%25");
    }

    #[test]
    fn a_secret_is_sent_over_tls_or_to_this_machine_only() {
        let outbound = Outbound::builder().build().unwrap();
        let client = ("c".to_owned(), SecretToken::new("s".to_owned()));
        for (url, usable) in [
            ("https://login.example/introspect", true),
            ("HTTPS://login.example/introspect", true),
            ("http://127.0.0.1:8080/introspect", true),
            ("http://[::1]/introspect", true),
            ("http://localhost/introspect", true),
            ("http://login.example/introspect", false),
            ("http://localhost.example/introspect", false),
            ("http://127.0.0.10/introspect", true),
            ("http://127.0.0.1@login.example/", false),
            ("http://127.0.0.1:x@login.example/", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            let call = Call::new(url.to_owned(), outbound.clone(), &client);
            assert_eq!(call.is_some(), usable, "{url}");
        }
    }
}
