//! Has a monitor raise an alert and send it to mail servers, some of which must not get it:
//! `CERTIFICATE FIXTURE DIRECTORY PASSWORD TLS_PORT STARTTLS_PORT PLAIN_PORT`. Every line that it
//! reads is answered with what the monitor says of its outputs; it ends with its input.
#![expect(clippy::print_stdout, reason = "the other side reads it")]

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::SecretToken;
use jwtrail_monitor::{AlertOutput, MailServer, MailServerBuilder, Monitor, MonitorConfig};
use jwtrail_testkit::TestClock;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [certificate, fixture, directory, password, ports @ ..] = arguments.as_slice() else {
        return Err("use: CERTIFICATE FIXTURE DIRECTORY PASSWORD PORT PORT PORT".into());
    };
    let [tls, starttls, plain] = ports else {
        return Err("three ports".into());
    };
    let authorities = std::fs::read(certificate)?;
    let at = |port: &str| -> Result<MailServerBuilder, Box<dyn Error>> {
        Ok(MailServer::builder("127.0.0.1").port(port.parse()?))
    };
    let trusting = |port: &str| Ok::<_, Box<dyn Error>>(at(port)?.authorities(&*authorities));
    let known = |server: MailServerBuilder, password: &str| {
        server.credentials("jwtrail", SecretToken::new(password.to_owned()))
    };
    let mut config = MonitorConfig::new(([127, 0, 0, 1], 0).into(), directory);
    config.limits.disk_reserve = 0;
    config.limits.webhook_backoff = Duration::from_millis(100);
    for (name, server) in [
        ("tls", known(trusting(tls)?, password)),
        ("starttls", known(trusting(starttls)?.starttls(), password)),
        ("wrong-password", known(trusting(tls)?, "a wrong one")),
        ("untrusted", known(at(tls)?, password)),
        ("no-starttls", known(trusting(plain)?.starttls(), password)),
    ] {
        let writer = format!("jwtrail \u{2603} <{name}@example.com>");
        let server = server.build(&writer, ["Ops <ops@example.com>", "night@example.com"])?;
        config.outputs.push(AlertOutput::mail(name, server));
    }
    let readers = ["ops@example.com", "gone@example.com", "busy@example.com"];
    let server = known(trusting(tls)?, password).build("readers@example.com", readers)?;
    config.outputs.push(AlertOutput::mail("readers", server));
    let now = "2026-03-02T09:30:00Z".parse()?;
    let monitor = Monitor::start(config, Arc::new(TestClock::new(now)))?;
    let credential = monitor.producer_credential("orders", &["orders-api"])?;
    let (address, events) = (monitor.address(), std::fs::read(fixture)?);
    let body = ask(
        address,
        "POST",
        "/api/v1/events",
        credential.expose(),
        &events,
    )?;
    println!("{body}");
    let token = monitor.access_token()?;
    for line in std::io::stdin().lines() {
        line?;
        println!(
            "{}",
            ask(address, "GET", "/api/v1/health", token.expose(), b"")?
        );
    }
    Ok(())
}

fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: &str,
    body: &[u8],
) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/x-ndjson\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("half an answer")?;
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("{method} {path}: {head}").into());
    }
    Ok(body.to_owned())
}
