use std::time::{Duration, SystemTime};

use jwtrail_event::Timestamp;
use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::Error;
use tokio::time::timeout;

use super::{DEADLINE, Failure, UNREADABLE};
use crate::MailServer;
use crate::outbox::format::Letter;

/// Sends a notice as a mail to one of its readers. It names all of them, and the server is asked
/// to bring it to this one: what it says is then of this one.
pub(super) async fn send(
    server: &MailServer,
    reader: Option<&str>,
    notice: &[u8],
    now: Timestamp,
) -> Result<(), Failure> {
    let unreadable = || Failure::ForGood(UNREADABLE.to_owned());
    let letter = Letter::of(notice).ok_or_else(unreadable)?;
    let message = message(server, reader, letter, now)
        .map_err(|error| Failure::ForGood(format!("the mail can't be written: {error}")))?;
    let exchange = timeout(DEADLINE, exchange(server, &message)).await;
    exchange.unwrap_or_else(|_| {
        let problem = "the mail server did not answer in time";
        Err(Failure::Away(problem.to_owned()))
    })
}

async fn exchange(server: &MailServer, message: &Message) -> Result<(), Failure> {
    // Before it has heard of a mail, whatever it says is about itself or us and not about this
    // one: "554 no SMTP service here" is no reason to give up an alert.
    let connected = server.connect().await;
    let mut connection = connected.map_err(|error| Failure::Away(turned_away(&error)))?;
    let sent = connection
        .send(message.envelope(), &message.formatted())
        .await;
    // What it says to our leaving makes nothing of it undone.
    drop(timeout(LEAVE, connection.abort()).await);
    sent.map(drop).map_err(|error| failure(&error))
}

fn message(
    server: &MailServer,
    reader: Option<&str>,
    letter: Letter,
    now: Timestamp,
) -> Result<Message, lettre::error::Error> {
    let is_it = |other: &&Mailbox| Some(&*other.to_string()) == reader;
    let to = server.to.iter().find(is_it);
    let to = to.map(|reader| reader.email.clone()).into_iter().collect();
    let envelope = Envelope::new(Some(server.from.email.clone()), to)?;
    let domain = server.from.email.domain();
    let named = |id: &str| format!("<{id}@{domain}>");
    let mut message = Message::builder()
        .from(server.from.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_seconds().unsigned_abs()))
        .subject(letter.subject)
        .message_id(Some(named(&letter.id)))
        .header(AutoSubmitted)
        .envelope(envelope);
    for reader in &server.to {
        message = message.to(reader.clone());
    }
    if let Some(first) = &letter.first {
        message = message.in_reply_to(named(first)).references(named(first));
    }
    message.singlepart(SinglePart::plain(letter.text))
}

/// What it says to a mail.
fn failure(error: &Error) -> Failure {
    let Some(code) = error.status() else {
        return Failure::Away(unanswered(error));
    };
    let problem = format!("the mail server answered with {code}");
    match u16::from(code) {
        // It is us that it does not know: whoever mends that wants every notice.
        530 | 534 | 535 | 538 => Failure::Away(problem),
        // A permanent failure, which RFC 5321 section 4.2.1 says not to try again.
        500..=599 => Failure::ForGood(problem),
        _ => Failure::Away(problem),
    }
}

/// What it says to us before a mail. It is not repeated but for its code: a line of its own
/// choice has no place in our log.
fn turned_away(error: &Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server lets us send nothing: it answered with {code}"),
        None => unanswered(error),
    }
}

fn unanswered(error: &Error) -> String {
    // Ours, or the network's or TLS's: no word of the server's is in it.
    match error.is_response() {
        true => "the mail server's answer can't be read".to_owned(),
        false => format!("cannot reach the mail server: {error}"),
    }
}

/// Tells what answers by itself that no answer is wanted.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// How long a server may take to let us go.
const LEAVE: Duration = Duration::from_secs(2);
