//! How fast the monitor takes events in over HTTP, and how fast it answers when it has them:
//! `under_load DIRECTORY EVENTS SENDERS`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints, and takes time"
)]

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jwtrail_actix::SystemClock;
use jwtrail_event::{Clock as _, EventId, EventName, Outcome, Reason, Record, Text, Trust};
use jwtrail_monitor::{Monitor, MonitorConfig};

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, events, senders] = arguments.as_slice() else {
        return Err("arguments: DIRECTORY EVENTS SENDERS".into());
    };
    let (events, senders): (u64, u64) = (events.parse()?, senders.parse()?);
    let mut config = MonitorConfig::new(([127, 0, 0, 1], 0).into(), directory);
    config.limits.events_per_second = u32::MAX;
    config.limits.event_burst = u32::MAX;
    let monitor = Monitor::start(config, Arc::new(SystemClock))?;
    let address = monitor.address();

    let each = events / senders;
    let start = Instant::now();
    let mut threads = Vec::new();
    for sender in 0..senders {
        let name = format!("sender-{sender}");
        let credential = monitor.producer_credential(&name, &["orders-api"])?;
        threads.push(std::thread::spawn(move || -> Result<(), Failure> {
            let mut client = Client::connect(address, credential.expose())?;
            for first in (0..each).step_by(BODY) {
                let body = body(sender * each + first, BODY.min((each - first).try_into()?));
                client.send("POST", "/api/v1/events", &body)?;
            }
            Ok(())
        }));
    }
    for thread in threads {
        thread.join().map_err(|_| "a sender panicked")??;
    }
    report("taken in", start.elapsed());
    println!("{:.0} events/s", rate(events, start.elapsed()));

    let token = monitor.access_token()?;
    let mut client = Client::connect(address, token.expose())?;
    loop {
        let health = client.send("GET", "/api/v1/health", b"")?;
        if String::from_utf8_lossy(&health).contains("\"lag_events\":0,") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    report("detected", start.elapsed());
    for path in [
        "/api/v1/overview?minutes=60",
        "/api/v1/overview?minutes=1440",
        "/api/v1/events?jti=jti-77777",
        "/api/v1/events?sub=user-77",
        "/api/v1/events?client_ip=203.0.113.7&limit=1000",
        "/api/v1/events?limit=1000",
        "/api/v1/events?limit=100&before=5000",
        "/api/v1/alerts?state=all&limit=1000",
        "/api/v1/rules",
    ] {
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let asked = Instant::now();
            bytes = client.send("GET", path, b"")?.len();
            times.push(asked.elapsed());
        }
        times.sort_unstable();
        let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
        let worst = times.last().copied().unwrap_or_default();
        println!("{path}: median {median:.2?}, worst {worst:.2?}, {bytes} bytes");
    }
    Ok(())
}

fn report(what: &str, time: Duration) {
    println!("{what} after {time:.2?}");
}

#[expect(clippy::cast_precision_loss, reason = "a rate to look at")]
fn rate(events: u64, time: Duration) -> f64 {
    events as f64 / time.as_secs_f64()
}

fn body(first: u64, count: usize) -> Vec<u8> {
    let mut body = Vec::new();
    let now = SystemClock.now();
    for id in (first..).take(count) {
        let failed = id % 50 == 0;
        let (event, outcome) = if failed {
            (EventName::TokenRejected, Outcome::Failure)
        } else {
            (EventName::TokenAccepted, Outcome::Success)
        };
        let mut record = Record::new(event, outcome, now);
        record.event_id = EventId::from_u128((7 << 76) + (2 << 62) + u128::from(id) + 1);
        record.service = Text::from("orders-api");
        record.instance = Text::from("orders-1");
        record.boot_id = Text::from("boot");
        record.seq = id;
        record.trust = if failed {
            Trust::Signed
        } else {
            Trust::Verified
        };
        record.reason = failed.then_some(Reason::Expired);
        record.correlation_id = Text::from(format!("request-{id}"));
        record.token_jti = Some(Text::from(format!("jti-{}", id / 5)));
        record.token_sub = Some(Text::from(format!("user-{}", id / 5 % 50_000)));
        record.token_iss = Some(Text::from("https://login.example"));
        record.token_fp = Some(Text::from(format!("k1:{:032x}", id / 5)));
        let address = u32::try_from(id / 5 % 20_000).unwrap_or_default();
        let address = std::net::Ipv4Addr::from_bits(0xCB00_7100 + address);
        record.client_ip = Some(Text::from(address.to_string()));
        record.user_agent = Some(Text::from("Mozilla/5.0 (X11; Linux x86_64)"));
        record.method = Some(Text::from("GET"));
        record.route = Some(Text::from("/orders/{id}"));
        record.status = Some(if failed { 401 } else { 200 });
        record.write_ndjson(&mut body);
    }
    body
}

/// One connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    fn connect(address: SocketAddr, token: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            token: token.to_owned(),
        })
    }

    fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             content-length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        if !line.contains(" 200 ") {
            return Err(format!("{method} {path}: {line}").into());
        }
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse()?;
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        Ok(answer)
    }
}

const BODY: usize = 1_000;
const ROUNDS: usize = 51;
