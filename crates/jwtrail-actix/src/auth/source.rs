use std::borrow::Cow;

use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderMap};

/// Where tokens are looked for: the `Authorization` header, and a cookie if one is named.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenSource {
    pub(crate) cookie: Option<String>,
}

/// What a request brought.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credentials<'r> {
    /// Nothing, or another scheme.
    Absent,
    /// Not what RFC 6750 section 2.1 asks for, or two ways at once.
    Malformed,
    /// A token, or what stands in its place.
    Token(Cow<'r, str>),
}

impl TokenSource {
    pub(crate) fn credentials<'r>(&self, headers: &'r HeaderMap) -> Credentials<'r> {
        let from_header = bearer(headers);
        let Some(name) = &self.cookie else {
            return from_header;
        };
        match (from_header, cookie(headers, name)) {
            (found, Credentials::Absent) => found,
            (Credentials::Absent, found) => found,
            _ => Credentials::Malformed,
        }
    }
}

fn bearer(headers: &HeaderMap) -> Credentials<'_> {
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else {
        return Credentials::Absent;
    };
    if values.next().is_some() {
        return Credentials::Malformed;
    }
    let value = value.as_bytes();
    if value.is_empty() {
        return Credentials::Malformed;
    }
    let (scheme, rest) = match value.iter().position(|byte| *byte == b' ') {
        Some(at) => value.split_at(at),
        None => (value, &b""[..]),
    };
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Credentials::Absent;
    }
    token(rest.trim_ascii())
}

fn cookie<'r>(headers: &'r HeaderMap, name: &str) -> Credentials<'r> {
    let mut found = headers
        .get_all(COOKIE)
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            let (key, value) = pair.split_at(at);
            (key.trim_ascii() == name.as_bytes()).then(|| value.trim_ascii())
        });
    let Some(value) = found.next() else {
        return Credentials::Absent;
    };
    if found.next().is_some() {
        return Credentials::Malformed;
    }
    let value = value.strip_prefix(b"=").unwrap_or(value);
    let quoted = value
        .strip_prefix(b"\"")
        .and_then(|v| v.strip_suffix(b"\""));
    token(quoted.unwrap_or(value))
}

/// One word of visible ASCII; whether it is a token is the verifier's to say.
fn token(bytes: &[u8]) -> Credentials<'_> {
    // Without an early end, so that it is compiled to vector instructions.
    let fit = |fit: bool, byte: &u8| fit & byte.is_ascii_graphic() & (*byte != b',');
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && bytes.iter().fold(true, fit) => {
            Credentials::Token(Cow::Borrowed(text))
        }
        _ => Credentials::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn one_word_after_bearer_is_a_token() {
        for (value, expected) in [
            (&b"Bearer a.b.c"[..], token_is("a.b.c")),
            (b"bearer a.b.c", token_is("a.b.c")),
            (b"BEARER   a.b.c  ", token_is("a.b.c")),
            (b"Bearer a b", Credentials::Malformed),
            (b"Bearer a,b", Credentials::Malformed),
            (b"Bearer", Credentials::Malformed),
            (b"Bearer ", Credentials::Malformed),
            (b"Bearer a\xff", Credentials::Malformed),
            (b"", Credentials::Malformed),
            (b"Basic YTpi", Credentials::Absent),
            (b"a.b.c", Credentials::Absent),
            (b"Bearera.b.c", Credentials::Absent),
            (b"\xff\xfe", Credentials::Absent),
        ] {
            let headers = headers(&[("authorization", value)]);
            assert_eq!(
                TokenSource::default().credentials(&headers),
                expected,
                "{value:?}"
            );
        }
    }

    #[test]
    fn two_ways_at_once_are_malformed() {
        let source = TokenSource {
            cookie: Some("at".to_owned()),
        };
        for pairs in [
            &[
                ("authorization", &b"Bearer a"[..]),
                ("authorization", b"Bearer a"),
            ][..],
            &[("authorization", b"Bearer a"), ("cookie", b"at=b")],
            &[("cookie", b"at=a; at=b")],
            &[("cookie", b"at=a"), ("cookie", b"at=b")],
            &[("cookie", b"at=")],
        ] {
            assert_eq!(
                source.credentials(&headers(pairs)),
                Credentials::Malformed,
                "{pairs:?}"
            );
        }
        for pairs in [
            &[("cookie", &b"x=1; at=a.b.c;y=2"[..])][..],
            &[("cookie", b"at=\"a.b.c\"")],
            &[("cookie", b"at=a.b.c"), ("authorization", b"Basic YTpi")],
        ] {
            assert_eq!(
                source.credentials(&headers(pairs)),
                token_is("a.b.c"),
                "{pairs:?}"
            );
        }
        let unnamed = headers(&[("cookie", b"at=a.b.c")]);
        assert_eq!(
            TokenSource::default().credentials(&unnamed),
            Credentials::Absent
        );
    }

    fn token_is(text: &str) -> Credentials<'_> {
        Credentials::Token(Cow::Borrowed(text))
    }

    fn headers(pairs: &[(&'static str, &[u8])]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value).unwrap(),
            );
        }
        headers
    }

    proptest::proptest! {
        /// Whatever comes, a token is one word of visible ASCII out of the header.
        #[test]
        fn any_header_value_is_judged(value: Vec<u8>, cookie: Vec<u8>) {
            let source = TokenSource {
                cookie: Some("at".to_owned()),
            };
            let mut headers = HeaderMap::new();
            for (name, start, value) in
                [("authorization", "Bearer ", value), ("cookie", "at=", cookie)]
            {
                let value = [start.as_bytes(), &value].concat();
                if let Ok(value) = HeaderValue::from_bytes(&value) {
                    headers.append(HeaderName::from_static(name), value);
                }
            }
            if let Credentials::Token(token) = source.credentials(&headers) {
                proptest::prop_assert!(!token.is_empty());
                proptest::prop_assert!(token.bytes().all(|b| b.is_ascii_graphic() && b != b','));
            }
        }
    }
}
