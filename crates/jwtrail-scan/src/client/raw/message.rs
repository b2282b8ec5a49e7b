//! HTTP/1.1 (RFC 9112) as far as it is needed: a request is written, an answer is read.

use std::net::IpAddr;

use super::super::answer::MAX_BODY;
use super::super::{Answer, SendError};
use crate::request::Request;
use crate::target::Target;

/// The request up to its body. What is hostile comes last, so that the ids before it are read.
pub(super) fn head(target: &Target, request: &Request) -> Vec<u8> {
    let path = target.origin_form(&request.target());
    let mut head = format!(
        "{} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
        request.method,
        target.authority()
    )
    .into_bytes();
    if let Some(body) = &request.body {
        head.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    for header in &request.headers {
        head.extend_from_slice(header.name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(&header.value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// An answer as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Reading {
    bytes: Vec<u8>,
}

impl Reading {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = MOST.saturating_sub(self.bytes.len());
        self.bytes
            .extend_from_slice(bytes.get(..bytes.len().min(room)).unwrap_or_default());
        // Interim answers say nothing (RFC 9110 section 15.2).
        while let Some(head) = Head::read(&self.bytes).filter(|head| head.status < 200) {
            self.bytes.drain(..head.length.min(self.bytes.len()));
        }
    }

    /// Whether nothing of it is missing that would be kept.
    pub(super) fn is_whole(&self) -> bool {
        if self.bytes.len() >= MOST {
            return true;
        }
        Head::read(&self.bytes).is_some_and(|head| {
            let body = self.bytes.len() - head.length;
            match head.body {
                Body::Length(length) => body >= length.min(MAX_BODY),
                Body::Chunked => self.bytes.ends_with(b"0\r\n\r\n") || body >= MAX_BODY,
                Body::UntilClose => body >= MAX_BODY,
            }
        })
    }

    pub(super) fn answer(self, source: Option<IpAddr>) -> Result<Answer, SendError> {
        if self.bytes.is_empty() {
            return Err(SendError::Closed);
        }
        let head = Head::read(&self.bytes)
            .ok_or_else(|| SendError::Failed("what came back is no HTTP answer".to_owned()))?;
        let body = self.bytes.get(head.length..).unwrap_or_default();
        let body = match head.body {
            Body::Chunked => joined(body),
            Body::Length(length) => body.get(..length).unwrap_or(body).to_vec(),
            Body::UntilClose => body.to_vec(),
        };
        Ok(Answer::new(head.status, head.headers, body, source))
    }
}

struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    /// With the empty line after it.
    length: usize,
    body: Body,
}

#[derive(Clone, Copy)]
enum Body {
    Length(usize),
    Chunked,
    UntilClose,
}

impl Head {
    /// None where it has not come whole, or is none.
    fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let text = String::from_utf8_lossy(bytes.get(..end)?);
        let mut lines = text.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let version = first.next().filter(|word| word.starts_with("HTTP/1."))?;
        let status: u16 = first.next().filter(|_| !version.is_empty())?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let header = |name: &str| {
            let found = headers.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.as_str())
        };
        let body = if matches!(status, 100..=199 | 204 | 304) {
            Body::Length(0)
        } else if header("transfer-encoding").is_some_and(|value| value.ends_with("chunked")) {
            Body::Chunked
        } else {
            let length = header("content-length").and_then(|value| value.parse().ok());
            length.map_or(Body::UntilClose, Body::Length)
        };
        Some(Self {
            status,
            headers,
            length: end + 4,
            body,
        })
    }
}

/// The chunks of a body as far as they came, without their sizes.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
        let size = line.split(';').next().unwrap_or_default().trim();
        let Some(size) = usize::from_str_radix(size, 16)
            .ok()
            .filter(|size| *size > 0)
        else {
            break;
        };
        rest = rest.get(end + 2..).unwrap_or_default();
        let chunk = rest.get(..size).unwrap_or(rest);
        body.extend_from_slice(chunk);
        rest = rest.get(size.saturating_add(2)..).unwrap_or_default();
    }
    body
}

/// How much is read of an answer, in bytes: head, body, and the sizes of chunks.
const MOST: usize = 2 * MAX_BODY;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parts: &[&str]) -> Result<Answer, SendError> {
        let mut reading = Reading::default();
        for part in parts {
            assert!(!reading.is_whole(), "{part}");
            reading.add(part.as_bytes());
        }
        reading.answer(None)
    }

    #[test]
    fn an_answer_is_whole_when_its_length_came() {
        let mut reading = Reading::default();
        reading.add(
            b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 2\r\n\r\nn",
        );
        assert!(!reading.is_whole());
        reading.add(b"o, and what is not part of it");
        assert!(reading.is_whole());
        let answer = reading.answer(None).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (401, "no"));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }

    #[test]
    fn chunks_are_joined_and_interim_answers_passed_over() {
        let answer = read(&[
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "3;a=b\r\nabc\r\n2\r\n",
            "de\r\n0\r\n\r\n",
        ]);
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, "abcde"));
    }

    #[test]
    fn a_close_is_no_answer_and_half_a_head_is_none() {
        assert_eq!(read(&[]), Err(SendError::Closed));
        for bad in [
            "HTTP/1.1 200 OK\r\n",
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 x\r\n\r\n",
        ] {
            assert!(matches!(read(&[bad]), Err(SendError::Failed(_))), "{bad}");
        }
    }

    #[test]
    fn an_answer_without_end_is_cut() {
        let mut reading = Reading::default();
        reading.add(b"HTTP/1.1 200 OK\r\n\r\n");
        while !reading.is_whole() {
            reading.add(&[b'a'; 10_000]);
        }
        assert_eq!(reading.answer(None).unwrap().body.len(), MAX_BODY);
        let mut endless = Reading::default();
        while !endless.is_whole() {
            endless.add(&b"HTTP/1.1 200 OK\r\nx: ".repeat(1_000));
        }
        assert!(endless.answer(None).is_err());
    }
}
