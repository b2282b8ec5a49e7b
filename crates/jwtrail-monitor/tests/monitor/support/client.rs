use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The smallest HTTP client: one connection for each request.
#[derive(Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    headers: Vec<(String, String)>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            headers: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, b"")
    }

    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send("POST", path, body.as_ref())
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.try_send(method, path, body).unwrap()
    }

    /// The same, for a server that may be gone.
    pub(crate) fn try_send(&self, method: &str, path: &str, body: &[u8]) -> io::Result<Answer> {
        let mut stream = self.connect(method, path, body.len())?;
        // A server that refuses early closes while the body is still under way.
        drop(stream.write_all(body));
        Answer::read(&mut BufReader::new(stream))
    }

    /// Sends the head of a request whose body does not come.
    pub(crate) fn begin(&self, method: &str, path: &str, length: usize) -> Answer {
        let stream = self.connect(method, path, length).unwrap();
        Answer::read(&mut BufReader::new(stream)).unwrap()
    }

    /// Opens an event stream; frames are read one by one.
    pub(crate) fn watch(&self, path: &str) -> Frames {
        let mut stream = BufReader::new(self.connect("GET", path, 0).unwrap());
        let head = Answer::head(&mut stream).unwrap();
        assert_eq!(head.status, 200);
        assert_eq!(head.header("content-type"), Some("text/event-stream"));
        Frames(stream)
    }

    fn connect(&self, method: &str, path: &str, length: usize) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address)?;
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n"
        );
        if !self.headers.iter().any(|(name, _)| name == "host") {
            head.push_str(&format!("host: {}\r\n", self.address));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        Ok(stream)
    }
}

impl Answer {
    fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Self> {
        let mut answer = Self::head(stream)?;
        let length = answer
            .header("content-length")
            .map(|text| text.parse().unwrap());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body)?;
        answer.body = body;
        Ok(answer)
    }

    fn head(stream: &mut BufReader<TcpStream>) -> io::Result<Self> {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|text| text.parse().ok());
        let status = status.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut headers = Vec::new();
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        Ok(Self {
            status,
            headers,
            body: Vec::new(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error} in {}", self.text());
        })
    }
}

/// The frames of an event stream.
pub(crate) struct Frames(BufReader<TcpStream>);

impl Frames {
    /// The data of the next event of this name; other events are passed over.
    pub(crate) fn next(&mut self, event: &str) -> serde_json::Value {
        let name = format!("event: {event}");
        let mut line = String::new();
        let mut wanted = false;
        loop {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream ended");
            let text = line.trim_end();
            assert_ne!(text, ": still here", "no `{event}` for a long time");
            if text.starts_with("event: ") {
                wanted = text == name;
            } else if let Some(data) = text.strip_prefix("data: ")
                && wanted
            {
                return serde_json::from_str(data).unwrap();
            }
        }
    }

    /// Whether the stream ends without another event of this name.
    pub(crate) fn ends_without(mut self, event: &str) -> bool {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).unwrap();
        !rest.contains(&format!("event: {event}"))
    }
}
