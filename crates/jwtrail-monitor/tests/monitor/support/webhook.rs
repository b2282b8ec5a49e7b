use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use jwtrail_monitor::{WebhookAnswer, WebhookClient, WebhookReply, WebhookRequest};

/// A client over plain sockets that counts what it could not deliver.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlainClient(Arc<Counter>);

#[derive(Debug, Default)]
struct Counter {
    failed: Mutex<usize>,
    changed: Condvar,
}

impl PlainClient {
    /// Blocks until so many deliveries have failed.
    pub(crate) fn wait_for_failures(&self, count: usize) {
        let failed = self.0.failed.lock().unwrap();
        let few = |failed: &mut usize| *failed < count;
        let waited = self.0.changed.wait_timeout_while(failed, PATIENCE, few);
        assert!(!waited.unwrap().1.timed_out(), "too few failures");
    }
}

impl WebhookClient for PlainClient {
    fn accepts(&self, url: &str) -> bool {
        url.starts_with("http://")
    }

    fn protects(&self, url: &str) -> bool {
        url.starts_with("http://127.0.0.1:")
    }

    fn post<'a>(&'a self, request: WebhookRequest<'a>) -> WebhookAnswer<'a> {
        let target = request.url.trim_start_matches("http://");
        let (target, path) = target.split_once('/').unwrap_or((target, "hook"));
        let mut head = format!("POST /{path} HTTP/1.1\r\nconnection: close\r\n");
        for (name, value) in request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
        let target = target.to_owned();
        let body = request.body.to_vec();
        Box::pin(async move {
            let sent = tokio::task::spawn_blocking(move || exchange(&target, &head, &body)).await?;
            if !matches!(&sent, Ok(reply) if (200..300).contains(&reply.status)) {
                *self.0.failed.lock().unwrap() += 1;
                self.0.changed.notify_all();
            }
            Ok(sent?)
        })
    }
}

fn exchange(target: &str, head: &str, body: &[u8]) -> std::io::Result<WebhookReply> {
    let mut stream = TcpStream::connect(target)?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    let status = status.ok_or(std::io::ErrorKind::InvalidData)?;
    Ok(WebhookReply::new(status).body(body))
}

/// A webhook that keeps what it gets. It ends with the test's process.
#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) address: SocketAddr,
    got: Arc<(Mutex<Vec<Delivery>>, Condvar)>,
    refusing: Arc<Mutex<Option<(String, u16)>>>,
    answer: Arc<Mutex<&'static str>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Hook {
    pub(crate) fn listen(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let hook = Self {
            address: listener.local_addr().unwrap(),
            got: Arc::default(),
            refusing: Arc::default(),
            answer: Arc::default(),
        };
        let keeper = hook.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                keeper.take(stream.unwrap());
            }
        });
        hook
    }

    /// An address at which nobody listens.
    pub(crate) fn nowhere() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    }

    /// Answers what has this in its body with this status, or everything well again.
    pub(crate) fn refuse(&self, what: Option<(&str, u16)>) {
        let what = what.map(|(text, status)| (text.to_owned(), status));
        *self.refusing.lock().unwrap() = what;
    }

    /// Says this in the body of every answer from now on.
    pub(crate) fn say(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    fn take(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut headers = Vec::new();
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let path = line.split(' ').nth(1).unwrap().to_owned();
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut delivery = Delivery {
            path,
            headers,
            body: String::new(),
        };
        let length = delivery.header("content-length").parse().unwrap();
        reader
            .take(length)
            .read_to_string(&mut delivery.body)
            .unwrap();
        let refusing = self.refusing.lock().unwrap().clone();
        let refused = refusing.filter(|(text, _)| delivery.body.contains(text));
        if refused.is_none() {
            self.got.0.lock().unwrap().push(delivery);
            self.got.1.notify_all();
        }
        let status = refused.map_or(200, |(_, status)| status);
        let answer = *self.answer.lock().unwrap();
        (&stream)
            .write_all(format!("HTTP/1.1 {status} Status\r\n\r\n{answer}").as_bytes())
            .unwrap();
    }

    /// Blocks until it has so many deliveries; all of them.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Delivery> {
        let got = self.got.0.lock().unwrap();
        let few = |got: &mut Vec<Delivery>| got.len() < count;
        let (got, waited) = self.got.1.wait_timeout_while(got, PATIENCE, few).unwrap();
        assert!(!waited.timed_out(), "only {} deliveries", got.len());
        got.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.got.0.lock().unwrap().len()
    }
}

impl Delivery {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.try_header(name).expect(name)
    }

    pub(crate) fn try_header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

const PATIENCE: Duration = Duration::from_secs(20);
