//! A client that sends the tokens in order over some connections, each from an address of its
//! own, and checks every answer's status.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::cpu;

pub struct Load {
    server: SocketAddr,
    tokens: PathBuf,
    /// Whose CPU time is read before and after.
    pid: Option<u32>,
    connections: usize,
    /// How many requests are under way at once.
    window: usize,
    only_good: bool,
    /// The server lets everything pass.
    any: bool,
    /// The server refuses bad tokens with statuses of its own.
    loose: bool,
    /// So many requests a second, as far as the server can.
    rate: Option<u32>,
    /// Has the server note where each phase ends.
    mark: bool,
    /// How many requests each phase has.
    phases: Vec<usize>,
}

impl Load {
    pub fn parse(words: &[&str]) -> anyhow::Result<Self> {
        let [server, tokens, rest @ ..] = words else {
            anyhow::bail!(
                "load SERVER TOKENS [pid=N] [connections=N] [window=N] [rate=N] [good] [any] [loose] [mark] N..."
            );
        };
        let mut load = Self {
            server: server.parse().context("the server's address")?,
            tokens: PathBuf::from(tokens),
            pid: None,
            connections: 1,
            window: 1,
            only_good: false,
            any: false,
            loose: false,
            rate: None,
            mark: false,
            phases: Vec::new(),
        };
        for word in rest {
            match word.split_once('=') {
                None if *word == "good" => load.only_good = true,
                None if *word == "any" => load.any = true,
                None if *word == "loose" => load.loose = true,
                None if *word == "mark" => load.mark = true,
                None => load.phases.push(word.parse().context(word.to_string())?),
                Some(("pid", pid)) => load.pid = Some(pid.parse()?),
                Some(("connections", number)) => load.connections = number.parse()?,
                Some(("window", number)) => load.window = number.parse()?,
                Some(("rate", number)) => load.rate = Some(number.parse()?),
                Some(_) => anyhow::bail!("`{word}` is no option"),
            }
        }
        anyhow::ensure!(
            (1..=load.connections).contains(&load.window),
            "window or connections"
        );
        Ok(load)
    }
}

/// Says for each phase how many requests there were and what they cost the server, as JSON.
pub fn load(load: &Load) -> anyhow::Result<()> {
    let requests = requests(load)?;
    let connections = (0..load.connections).map(|number| Connection::open(load.server, number));
    let mut connections: Vec<Connection> = connections.collect::<Result<_, _>>()?;
    let mut sent = 0;
    let started = Instant::now();
    let mut phases = Vec::new();
    for phase in &load.phases {
        if load.mark {
            mark(&mut connections)?;
        }
        let before = load.pid.map(cpu::nanoseconds_of).transpose()?;
        let end = sent + phase;
        while sent < end {
            let batch = load.window.min(end - sent);
            if let Some(rate) = load.rate {
                let due = Duration::from_secs_f64(sent as f64 / f64::from(rate));
                thread::sleep(due.saturating_sub(started.elapsed()));
            }
            for index in sent..sent + batch {
                let connection = index % load.connections;
                connections[connection].send(&requests[index % requests.len()].text)?;
            }
            // From the last one on, so that the server's time is not spent on waking us up for
            // each answer.
            for index in (sent..sent + batch).rev() {
                let connection = index % load.connections;
                connections[connection].receive(requests[index % requests.len()].status)?;
            }
            sent += batch;
        }
        let after = load.pid.map(cpu::nanoseconds_of).transpose()?;
        let spent = before.zip(after).map(|(before, after)| after - before);
        phases.push(json!({ "requests": phase, "cpu_ns": spent }));
    }
    if load.mark {
        mark(&mut connections)?;
    }
    let bytes = requests
        .iter()
        .map(|request| request.token_bytes)
        .sum::<usize>()
        / requests.len();
    println!("{}", json!({ "token_bytes": bytes, "phases": phases }));
    Ok(())
}

/// The end of a phase and the beginning of the next.
fn mark(connections: &mut [Connection]) -> anyhow::Result<()> {
    let connection = connections.first_mut().context("no connection")?;
    connection.send(b"GET /mark HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    connection.receive(Some(200))
}

struct Request {
    /// None for any but 200.
    status: Option<u16>,
    token_bytes: usize,
    text: Vec<u8>,
}

fn requests(load: &Load) -> anyhow::Result<Vec<Request>> {
    let tokens = std::fs::read_to_string(&load.tokens).context("cannot read the tokens")?;
    let mut requests = Vec::new();
    for line in tokens.lines() {
        let (status, token) = line.split_once(' ').context("a line of tokens")?;
        let status = status.parse()?;
        if status == 200 || !load.only_good {
            let text = format!(
                "GET /orders HTTP/1.1\r\nHost: localhost\r\nUser-Agent: guard-bench/1.0\r\n\
                 Accept: */*\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            requests.push(Request {
                token_bytes: token.len(),
                status: match status {
                    _ if load.any => Some(200),
                    401 if load.loose => None,
                    status => Some(status),
                },
                text: text.into_bytes(),
            });
        }
    }
    anyhow::ensure!(!requests.is_empty(), "no tokens");
    Ok(requests)
}

struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// From an address of its own, so that limits by address see many clients.
    fn open(server: SocketAddr, number: usize) -> anyhow::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if server.ip().is_loopback() {
            let host = u32::from(Ipv4Addr::new(127, 1, 0, 1)) + u32::try_from(number)?;
            socket.bind(&SocketAddr::from((Ipv4Addr::from(host), 0)).into())?;
        }
        socket.connect(&server.into()).context("cannot connect")?;
        socket.set_tcp_nodelay(true)?;
        let read = vec![0; 16 * 1024];
        Ok(Self {
            stream: socket.into(),
            read,
        })
    }

    fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request).context("cannot send")
    }

    /// Reads one answer to its end.
    fn receive(&mut self, status: Option<u16>) -> anyhow::Result<()> {
        let mut filled = 0;
        loop {
            let free = self.read.get_mut(filled..).context("a long answer")?;
            let read = self.stream.read(free).context("cannot receive")?;
            anyhow::ensure!(read > 0, "the server closed the connection");
            filled += read;
            let text = self.read.get(..filled).context("a read past the end")?;
            let Some((head, body)) = std::str::from_utf8(text)?.split_once("\r\n\r\n") else {
                continue;
            };
            if body.len() < length(head)? {
                continue;
            }
            let answered = head.get(9..12).context("a status line")?;
            let answered: u16 = answered.parse().context("a status")?;
            let right = status.map_or(answered != 200, |status| answered == status);
            anyhow::ensure!(right, "{answered} instead of {status:?}");
            return Ok(());
        }
    }
}

fn length(head: &str) -> anyhow::Result<usize> {
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let value = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Ok(value
        .context("an answer without a length")?
        .1
        .trim()
        .parse()?)
}
