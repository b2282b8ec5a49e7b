use std::fmt;

use jwtrail_event::SecretToken;
use jwtrail_forge::Presented;
use percent_encoding::NON_ALPHANUMERIC;

use crate::ids::Ids;
use crate::spec::Method;

/// A request that is about to be sent. It holds tokens: [`Request::curl`] shows it without.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path and what follows it, percent-encoded.
    pub(crate) path: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) ids: Ids,
    /// What of it is shown in the place of the query.
    query: Option<(SecretToken, String)>,
    /// What of it is shown in the place of the body.
    shown_body: Option<String>,
}

#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: Vec<u8>,
    /// How it is shown.
    shown: String,
    /// Whether it goes out as it is, though HTTP has no such header.
    raw: bool,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let ids = Ids::random();
        let (request, parent) = (ids.request.clone(), ids.traceparent());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
            query: None,
            shown_body: None,
            ids,
        }
        .header("x-request-id", &request)
        .header("traceparent", &parent)
        .header("user-agent", &user_agent(&request))
    }

    /// The same request once more, under ids of its own.
    pub(crate) fn again(&self) -> Self {
        let mut request = self.clone();
        request.ids = Ids::random();
        let (id, parent) = (request.ids.request.clone(), request.ids.traceparent());
        let agent = user_agent(&id);
        let own = [
            &self.ids.request,
            &self.ids.traceparent(),
            &user_agent(&self.ids.request),
        ]
        .map(ToOwned::to_owned);
        for (name, value) in [
            ("x-request-id", id),
            ("traceparent", parent),
            ("user-agent", agent),
        ] {
            // A probe that sends an id of its own making keeps it.
            let ours = |header: &&mut Header| header.name == name && own.contains(&header.shown);
            if let Some(header) = request.headers.iter_mut().find(ours) {
                header.value = value.clone().into_bytes();
                header.shown = value;
            }
        }
        request
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(Header {
            name: name.to_owned(),
            value: value.as_bytes().to_vec(),
            shown: value.to_owned(),
            raw: false,
        });
        self
    }

    /// A header that no library sends: line ends, control characters, blanks in its name.
    pub(crate) fn raw(mut self, name: &str, value: &[u8], shown: &str) -> Self {
        self.headers.push(Header {
            name: name.to_owned(),
            value: value.to_vec(),
            shown: shown.to_owned(),
            raw: true,
        });
        self
    }

    /// Whether it has to be written byte by byte.
    pub(crate) fn is_raw(&self) -> bool {
        self.headers.iter().any(|header| header.raw)
    }

    /// Replaces a header, or adds it.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|header| header.name != name);
        self.header(name, value)
    }

    pub(crate) fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.header("content-type", content_type)
    }

    /// A form (RFC 6749 appendix B), with one secret in it.
    pub(crate) fn form(mut self, fields: &[(&str, &str)], secret: (&str, &SecretToken)) -> Self {
        let open = form(fields);
        let whole = format!("{open}&{}", form(&[(secret.0, secret.1.expose())]));
        self.shown_body = Some(format!("{open}&{}=$TOKEN", secret.0));
        self.body("application/x-www-form-urlencoded", whole.into_bytes())
    }

    /// `Authorization: Bearer <token>`.
    pub(crate) fn bearer(self, token: &SecretToken) -> Self {
        let value = format!("Bearer {}", token.expose());
        self.secret("authorization", value.into_bytes(), "Bearer $TOKEN")
    }

    /// What the forge presents, at its place.
    pub(crate) fn presenting(mut self, presented: &Presented) -> Self {
        for value in presented.authorization() {
            let shown = shown(value.expose(), presented.tokens());
            self = self.secret("authorization", value.expose().to_vec(), &shown);
            if let Some(header) = self.headers.last_mut() {
                // A server may answer before it has read so much, and a library loses that.
                header.raw = header.value.len() >= LARGE;
            }
        }
        if let Some(cookie) = presented.cookie() {
            let shown = shown(cookie.expose().as_bytes(), presented.tokens());
            self = self.secret("cookie", cookie.expose().as_bytes().to_vec(), &shown);
        }
        if let Some(query) = presented.query() {
            let shown = shown(query.expose().as_bytes(), presented.tokens());
            self.query = Some((query.clone(), shown));
        }
        self
    }

    /// The path and the query, as they are sent.
    pub(crate) fn target(&self) -> String {
        self.with_query(self.query.as_ref().map(|(query, _)| query.expose()))
    }

    fn with_query(&self, query: Option<&str>) -> String {
        match query {
            None => self.path.clone(),
            Some(query) => {
                let joint = if self.path.contains('?') { '&' } else { '?' };
                format!("{}{joint}{query}", self.path)
            }
        }
    }

    /// The request as a command that a person can run, without the token.
    pub(crate) fn curl(&self, base: &str) -> String {
        let query = self.query.as_ref().map(|(_, shown)| shown.as_str());
        let mut command = String::from("curl -i");
        if self.method != Method::Get.as_str() {
            command.push_str(&format!(" -X {}", self.method));
        }
        for header in &self.headers {
            command.push_str(&format!(
                " -H {}",
                quoted(&format!("{}: {}", header.name, header.shown))
            ));
        }
        if let Some(body) = &self.body {
            let text = String::from_utf8_lossy(body);
            let text = self.shown_body.as_deref().unwrap_or(&text);
            command.push_str(&format!(" --data {}", quoted(text)));
        }
        let url = format!("{}{}", base.trim_end_matches('/'), self.with_query(query));
        format!("{command} {}", quoted(&url))
    }

    fn secret(mut self, name: &str, value: Vec<u8>, shown: &str) -> Self {
        self.headers.push(Header {
            name: name.to_owned(),
            value,
            shown: shown.to_owned(),
            raw: false,
        });
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.curl(""))
    }
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text| percent_encoding::utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// In quotes for a shell that expands `$TOKEN` and nothing else.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '`' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&c.escape_unicode().to_string()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A header's value with its credentials replaced.
fn shown(value: &[u8], tokens: &[SecretToken]) -> String {
    let mut text = String::from_utf8_lossy(value).into_owned();
    // The longest first: one may be part of another.
    let mut tokens: Vec<&str> = tokens.iter().map(SecretToken::expose).collect();
    tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
    for token in tokens.into_iter().filter(|token| !token.is_empty()) {
        text = text.replace(token, "$TOKEN");
    }
    text
}

/// The `User-Agent` of a request: services that log no correlation id often log this, and then
/// the id in it finds their record.
fn user_agent(id: &str) -> String {
    format!("jwtrail-scan/{} ({id})", env!("CARGO_PKG_VERSION"))
}

/// In bytes.
const LARGE: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_shows_no_token() {
        let token = SecretToken::new("eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl".to_owned());
        let request = Request::new("POST", "/orders")
            .bearer(&token)
            .body("text/plain", b"a\"b".to_vec());
        let command = request.curl("http://127.0.0.1:1/");
        assert!(!command.contains("eyJ"), "{command}");
        assert!(
            command.starts_with("curl -i -X POST -H \"x-request-id: scan-"),
            "{command}"
        );
        assert!(
            command.ends_with("-H \"authorization: Bearer $TOKEN\" -H \"content-type: text/plain\" --data \"a\\\"b\" \"http://127.0.0.1:1/orders\""),
            "{command}"
        );
    }

    #[test]
    fn the_same_request_again_has_other_ids() {
        let first = Request::new("GET", "/a");
        let second = first.again();
        assert_ne!(first.ids, second.ids);
        let value = |request: &Request| request.headers[0].value.clone();
        assert_eq!(value(&second), second.ids.request.as_bytes());
        assert_ne!(value(&first), value(&second));
    }
}
