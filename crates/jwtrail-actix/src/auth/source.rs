use actix_web::http::header::{AUTHORIZATION, AsHeaderName, COOKIE, HeaderMap, HeaderValue};

/// Where tokens are looked for: the `Authorization` header, and another header and a cookie if
/// they are named.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenSource {
    pub(crate) header: Option<String>,
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
    Token(Presented<'r>, Way),
}

/// What stands in a token's place, without the white space around it. Whether it is one word of
/// visible ASCII is asked when that is not known from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Presented<'r>(&'r [u8]);

impl<'r> Presented<'r> {
    pub(crate) fn as_bytes(self) -> &'r [u8] {
        self.0
    }

    /// The word; whether it is a token is the verifier's to say.
    pub(crate) fn word(self) -> Option<&'r str> {
        // Without an early end, so that it is compiled to vector instructions.
        let fit = |fit: bool, byte: &u8| fit & byte.is_ascii_graphic() & (*byte != b',');
        let text = std::str::from_utf8(self.0).ok()?;
        (!text.is_empty() && self.0.iter().fold(true, fit)).then_some(text)
    }
}

/// The way in which a token came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In a header, which no other site can make a browser send.
    Header,
    /// In `Authorization` under the scheme `DPoP`, with which a proof comes.
    Dpop,
    /// In the cookie, which a browser sends by itself.
    Cookie,
}

/// The scheme of credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// RFC 6750. What comes out of a cookie or another header is worth no more.
    #[default]
    Bearer,
    /// RFC 9449.
    Dpop,
}

impl TokenSource {
    pub(crate) fn credentials<'r>(&self, headers: &'r HeaderMap) -> Credentials<'r> {
        let mut found = authorization(headers);
        if let Some(name) = &self.header {
            found = found.or(named(headers, name));
        }
        if let Some(name) = &self.cookie {
            found = found.or(cookie(headers, name));
        }
        found
    }
}

impl Way {
    pub(crate) fn scheme(self) -> Scheme {
        match self {
            Self::Header | Self::Cookie => Scheme::Bearer,
            Self::Dpop => Scheme::Dpop,
        }
    }
}

impl Credentials<'_> {
    /// One way or the other; never both.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (found, Self::Absent) => found,
            (Self::Absent, found) => found,
            _ => Self::Malformed,
        }
    }
}

fn authorization(headers: &HeaderMap) -> Credentials<'_> {
    let value = match only(headers, AUTHORIZATION) {
        Ok(Some(value)) => value,
        Ok(None) => return Credentials::Absent,
        Err(Several) => return Credentials::Malformed,
    };
    if value.is_empty() {
        return Credentials::Malformed;
    }
    // As nearly all write it.
    if let Some(rest) = value.strip_prefix(b"Bearer ") {
        return token(rest, Way::Header);
    }
    if let Some(rest) = after(b"bearer", value) {
        return token(rest, Way::Header);
    }
    match after(b"dpop", value) {
        Some(rest) => token(rest, Way::Dpop),
        None => Credentials::Absent,
    }
}

/// The header that the application named: the token, with `Bearer` before it or without.
fn named<'r>(headers: &'r HeaderMap, name: &str) -> Credentials<'r> {
    match only(headers, name) {
        Ok(Some(value)) => token(after(b"bearer", value).unwrap_or(value), Way::Header),
        Ok(None) => Credentials::Absent,
        Err(Several) => Credentials::Malformed,
    }
}

/// The header's value, unless it is there more than once.
fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<&[u8]>, Several> {
    let mut values = headers.get_all(name);
    let value = values.next();
    match values.next() {
        None => Ok(value.map(HeaderValue::as_bytes)),
        Some(_) => Err(Several),
    }
}

struct Several;

/// What follows the scheme, if it is this one in any case (RFC 9110 section 11.1).
fn after<'v>(name: &[u8], value: &'v [u8]) -> Option<&'v [u8]> {
    let (scheme, rest) = match value.iter().position(|byte| *byte == b' ') {
        Some(at) => value.split_at(at),
        None => (value, &b""[..]),
    };
    scheme.eq_ignore_ascii_case(name).then_some(rest)
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
    token(quoted.unwrap_or(value), Way::Cookie)
}

fn token(bytes: &[u8], way: Way) -> Credentials<'_> {
    match bytes.trim_ascii() {
        b"" => Credentials::Malformed,
        token => Credentials::Token(Presented(token), way),
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
            (
                b"DPoP a.b.c",
                Credentials::Token(Presented(b"a.b.c"), Way::Dpop),
            ),
            (
                b"dpop  a.b.c ",
                Credentials::Token(Presented(b"a.b.c"), Way::Dpop),
            ),
            (b"DPoP", Credentials::Malformed),
            (b"DPoP a b", Credentials::Malformed),
            (b"Basic YTpi", Credentials::Absent),
            (b"a.b.c", Credentials::Absent),
            (b"Bearera.b.c", Credentials::Absent),
            (b"\xff\xfe", Credentials::Absent),
        ] {
            let headers = headers(&[("authorization", value)]);
            let found = judged(&TokenSource::default(), &headers);
            assert_eq!(found, expected, "{value:?}");
        }
    }

    #[test]
    fn two_ways_at_once_are_malformed() {
        let source = everywhere();
        for pairs in [
            &[
                ("authorization", &b"Bearer a"[..]),
                ("authorization", b"Bearer a"),
            ][..],
            &[("authorization", b"Bearer a"), ("authorization", b"DPoP a")],
            &[("authorization", b"Bearer a"), ("cookie", b"at=b")],
            &[("authorization", b"DPoP a"), ("cookie", b"at=b")],
            &[("cookie", b"at=a; at=b")],
            &[("cookie", b"at=a"), ("cookie", b"at=b")],
            &[("cookie", b"at=")],
            &[("x-token", b"a"), ("cookie", b"at=b")],
            &[("x-token", b"a"), ("authorization", b"Bearer b")],
            &[("x-token", b"a"), ("x-token", b"a")],
        ] {
            let found = headers(pairs);
            assert_eq!(judged(&source, &found), Credentials::Malformed, "{pairs:?}");
        }
        for pairs in [
            &[("cookie", &b"x=1; at=a.b.c;y=2"[..])][..],
            &[("cookie", b"at=\"a.b.c\"")],
            &[("cookie", b"at=a.b.c"), ("authorization", b"Basic YTpi")],
        ] {
            let found = headers(pairs);
            assert_eq!(judged(&source, &found), cookie_is("a.b.c"), "{pairs:?}");
        }
        let unnamed = headers(&[("cookie", b"at=a.b.c")]);
        assert_eq!(
            TokenSource::default().credentials(&unnamed),
            Credentials::Absent
        );
    }

    #[test]
    fn another_header_holds_a_token_with_or_without_a_scheme() {
        for (value, expected) in [
            (&b"a.b.c"[..], token_is("a.b.c")),
            (b"Bearer a.b.c", token_is("a.b.c")),
            (b"bearer  a.b.c ", token_is("a.b.c")),
            (b"Basic YTpi", Credentials::Malformed),
            (b"a b", Credentials::Malformed),
            (b"a,b", Credentials::Malformed),
            (b"Bearer", Credentials::Malformed),
            (b"", Credentials::Malformed),
        ] {
            let found = headers(&[("x-token", value)]);
            assert_eq!(judged(&everywhere(), &found), expected, "{value:?}");
            let unnamed = judged(&TokenSource::default(), &found);
            assert_eq!(unnamed, Credentials::Absent);
        }
    }

    fn everywhere() -> TokenSource {
        TokenSource {
            header: Some("x-token".to_owned()),
            cookie: Some("at".to_owned()),
        }
    }

    /// As a request is judged whose token is not known.
    fn judged<'r>(source: &TokenSource, headers: &'r HeaderMap) -> Credentials<'r> {
        match source.credentials(headers) {
            Credentials::Token(token, _) if token.word().is_none() => Credentials::Malformed,
            found => found,
        }
    }

    fn token_is(text: &str) -> Credentials<'_> {
        Credentials::Token(Presented(text.as_bytes()), Way::Header)
    }

    fn cookie_is(text: &str) -> Credentials<'_> {
        Credentials::Token(Presented(text.as_bytes()), Way::Cookie)
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
        fn any_header_value_is_judged(value: Vec<u8>, other: Option<Vec<u8>>, cookie: Vec<u8>) {
            let source = everywhere();
            let mut headers = HeaderMap::new();
            for (name, start, value) in [
                ("authorization", "Bearer ", value),
                ("x-token", "", other.unwrap_or_default()),
                ("cookie", "at=", cookie),
            ] {
                let value = [start.as_bytes(), &value].concat();
                if let Ok(value) = HeaderValue::from_bytes(&value) {
                    headers.append(HeaderName::from_static(name), value);
                }
            }
            if let Credentials::Token(token, _) = source.credentials(&headers)
                && let Some(token) = token.word()
            {
                proptest::prop_assert!(!token.is_empty());
                proptest::prop_assert!(token.bytes().all(|b| b.is_ascii_graphic() && b != b','));
            }
        }
    }
}
