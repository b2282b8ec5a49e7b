use std::fmt;
use std::net::Ipv6Addr;

/// An `http` or `https` URI without query and fragment, in the one form that all its spellings
/// share: after the syntax-based and scheme-based normalisation of RFC 3986 sections 6.2.2 and
/// 6.2.3.
///
/// `htu` in a DPoP proof and the URI of the request are compared in this form (RFC 9449 section
/// 4.3).
///
/// ```
/// use jwtrail_verify::HttpUri;
/// let spelled = HttpUri::parse("HTTPS://Api.Example:443/a/./b/../%7ec?page=2#top")?;
/// assert_eq!(spelled, HttpUri::parse("https://api.example/a/~c")?);
/// assert_eq!(HttpUri::parse("https://api.example/v1/")?.join("/orders/7")?.as_str(),
///            "https://api.example/v1/orders/7");
/// # Ok::<(), jwtrail_verify::UnusableUri>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HttpUri(String);

impl HttpUri {
    /// Reads an absolute URI.
    ///
    /// # Errors
    /// When it is none, when it has another scheme or user information, or when it is longer
    /// than 8,192 bytes. A host has to be written in ASCII.
    pub fn parse(text: &str) -> Result<Self, UnusableUri> {
        if text.len() > MAX_URI || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(UnusableUri);
        }
        let bare = before(before(text, '#'), '?');
        let (scheme, rest) = bare.split_once("://").ok_or(UnusableUri)?;
        let (scheme, default_port) = if scheme.eq_ignore_ascii_case("https") {
            ("https", 443)
        } else if scheme.eq_ignore_ascii_case("http") {
            ("http", 80)
        } else {
            return Err(UnusableUri);
        };
        let authority = before(rest, '/');
        let path = rest.strip_prefix(authority).unwrap_or_default();
        let (host, port) = authority_parts(authority).ok_or(UnusableUri)?;
        let port = match port {
            Some(port) if port != default_port => format!(":{port}"),
            _ => String::new(),
        };
        let path = normal_path(path).ok_or(UnusableUri)?;
        Ok(Self(format!("{scheme}://{host}{port}{path}")))
    }

    /// This URI with a request's path behind its own.
    ///
    /// # Errors
    /// When the path can't stand in a URI.
    pub fn join(&self, path: &str) -> Result<Self, UnusableUri> {
        let base = self.0.strip_suffix('/').unwrap_or(&self.0);
        let gap = if path.starts_with('/') { "" } else { "/" };
        Self::parse(&format!("{base}{gap}{path}"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HttpUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no absolute URI of HTTP.
///
/// ```
/// use jwtrail_verify::{HttpUri, UnusableUri};
/// assert_eq!(HttpUri::parse("ftp://a.example/"), Err(UnusableUri));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an absolute http or https URI in ASCII, without user information")]
pub struct UnusableUri;

fn before(text: &str, end: char) -> &str {
    text.split(end).next().unwrap_or_default()
}

/// Host and port, the host in lower case.
fn authority_parts(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            (format!("[{address}]"), port)
        }
        None => {
            let host = before(authority, ':');
            let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
            if host.is_empty() || !host.bytes().all(fit) {
                return None;
            }
            (host.to_ascii_lowercase(), authority.strip_prefix(host)?)
        }
    };
    match port.strip_prefix(':') {
        // An empty port is the default one (RFC 3986 section 6.2.3).
        Some("") => Some((host, None)),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((host, Some(digits.parse().ok()?)))
        }
        Some(_) => None,
        None => port.is_empty().then_some((host, None)),
    }
}

/// Escapes as they should be, and no dot segments (RFC 3986 section 5.2.4).
fn normal_path(path: &str) -> Option<String> {
    let path = normal_escapes(path)?;
    let mut segments = path.split('/').skip(1).peekable();
    let mut kept = Vec::new();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if segment == ".." {
            kept.pop();
        }
        match segment {
            "." | ".." if last => kept.push(""),
            "." | ".." => {}
            _ => kept.push(segment),
        }
    }
    Some(format!("/{}", kept.join("/")))
}

/// Escapes in upper case, and none where the character may stand by itself.
fn normal_escapes(text: &str) -> Option<String> {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        if next != '%' {
            normal.push(next);
            continue;
        }
        let high = rest.next()?.to_digit(16)?;
        let low = rest.next()?.to_digit(16)?;
        let byte = u8::try_from(high * 16 + low).ok()?;
        match char::from(byte) {
            c @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~') => normal.push(c),
            _ => normal.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(normal)
}

/// The longest URI, in bytes.
const MAX_URI: usize = 8192;
