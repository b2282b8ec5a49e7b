use actix_web::http::header::{FORWARDED, HeaderMap};
use jwtrail_verify::HttpUri;

use crate::ForwardedHeader;

/// The origin under which a trusted proxy says that it was reached. Several values say nothing:
/// nobody knows which of them the client wrote.
pub(super) fn forwarded(headers: &HeaderMap, header: ForwardedHeader) -> Option<HttpUri> {
    let (scheme, host) = match header {
        ForwardedHeader::XForwardedFor => (
            only(headers, "x-forwarded-proto")?.to_owned(),
            only(headers, "x-forwarded-host")?.to_owned(),
        ),
        ForwardedHeader::Forwarded => {
            let element = only(headers, FORWARDED.as_str())?;
            (parameter(element, "proto")?, parameter(element, "host")?)
        }
    };
    // Nothing but an authority: neither a path nor a user may stand in it.
    let authority = !host.contains(['/', '?', '#', '@', '\\']);
    authority.then(|| HttpUri::parse(&format!("{scheme}://{host}")).ok())?
}

fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name);
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let value = value.to_str().ok()?.trim();
    (!value.contains(',')).then_some(value)
}

/// A parameter of an element of `Forwarded` (RFC 7239 section 4).
fn parameter(element: &str, name: &str) -> Option<String> {
    let mut found = element.split(';').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let same = key.trim().eq_ignore_ascii_case(name);
        same.then(|| value.trim().trim_matches('"').to_owned())
    });
    let (value, None) = (found.next()?, found.next()) else {
        return None;
    };
    Some(value)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn one_value_of_each_makes_an_origin() {
        let x = ForwardedHeader::XForwardedFor;
        let f = ForwardedHeader::Forwarded;
        for (header, pairs, origin) in [
            (
                x,
                &[
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "A.example:443"),
                ][..],
                Some("https://a.example/"),
            ),
            (x, &[("x-forwarded-host", "a.example")], None),
            (x, &[("x-forwarded-proto", "https")], None),
            (
                x,
                &[
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "b.example, a.example"),
                ],
                None,
            ),
            (
                x,
                &[
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "b.example"),
                    ("x-forwarded-host", "a.example"),
                ],
                None,
            ),
            (
                x,
                &[
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "a.example/x"),
                ],
                None,
            ),
            (
                x,
                &[
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "u@a.example"),
                ],
                None,
            ),
            (
                x,
                &[
                    ("x-forwarded-proto", "gopher"),
                    ("x-forwarded-host", "a.example"),
                ],
                None,
            ),
            (x, &[("forwarded", "host=a.example;proto=https")], None),
            (
                f,
                &[(
                    "forwarded",
                    "for=1.2.3.4;Host=\"a.example:8443\"; proto=https",
                )],
                Some("https://a.example:8443/"),
            ),
            (
                f,
                &[(
                    "forwarded",
                    "host=b.example;proto=https, host=a.example;proto=https",
                )],
                None,
            ),
            (
                f,
                &[("forwarded", "host=b.example;host=a.example;proto=https")],
                None,
            ),
            (f, &[("forwarded", "for=1.2.3.4")], None),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                let name = HeaderName::from_static(name);
                headers.append(name, HeaderValue::from_static(value));
            }
            let found = forwarded(&headers, header);
            assert_eq!(found.as_ref().map(HttpUri::as_str), origin, "{pairs:?}");
        }
    }
}
