use std::fmt;
use std::ops::Deref;

use reqwest::Url;

/// A URL as people may see it: without its name, password, query and fragment, any of which may be
/// a secret. What is no URL may be a secret that was put in its place, so little of it is shown.
pub(crate) fn shown(text: &str) -> String {
    let Some(mut url) = Url::parse(text).ok().filter(Url::has_host) else {
        return remains(text);
    };
    // A password with a stroke in it, which ended the host.
    let broken = url.path().contains('@');
    let named = broken || !url.username().is_empty() || url.password().is_some();
    if !named && url.query().is_none() && url.fragment().is_none() {
        return text.chars().take(MOST).collect();
    }
    url.set_query(None);
    url.set_fragment(None);
    if broken {
        url.set_path("");
    }
    // It has a host, so both can be set.
    let cleared = url.set_username("").and_then(|()| url.set_password(None));
    match cleared {
        Ok(()) => url.as_str().chars().take(MOST).collect(),
        Err(()) => HIDDEN.to_owned(),
    }
}

/// What can be shown of a text that is no URL: a host and its port, where it looks like them.
fn remains(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    // A password may hold whatever ends a host elsewhere.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((_, rest)) => (HIDDEN.to_owned() + "@", rest),
        None => (String::new(), rest),
    };
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b".-".contains(&b);
    let known = scheme
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b":/+".contains(&b));
    let is_host = |host: &str| !host.is_empty() && host.len() <= NAME && host.bytes().all(fits);
    let is_place = match place.rsplit_once(':') {
        Some((host, port)) => is_host(host) && port.parse::<u16>().is_ok(),
        // A name alone looks like a token as well.
        None => !scheme.is_empty() && is_host(place),
    };
    match known && is_place && scheme.len() <= NAME {
        true => format!("{scheme}{user}{place}"),
        false => HIDDEN.to_owned(),
    }
}

/// A URL of ours. Whoever prints what it is part of prints no secret.
#[derive(Clone)]
pub(crate) struct Target(pub(crate) String);

impl Deref for Target {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(self).fmt(f)
    }
}

const HIDDEN: &str = "***";
/// Characters that are shown of a URL.
const MOST: usize = 200;
/// The most of a host's name: shorter than any token.
const NAME: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_may_be_a_secret_is_shown() {
        for (text, expected) in [
            ("https://audit.example", "https://audit.example"),
            ("http://127.0.0.1:8/a", "http://127.0.0.1:8/a"),
            (
                "https://me:hunter2@audit.example/a",
                "https://audit.example/a",
            ),
            (
                "https://hunter2@audit.example:8",
                "https://audit.example:8/",
            ),
            (
                "https://a.example/x?key=hunter2#hunter2",
                "https://a.example/x",
            ),
            ("monitor:8080", "monitor:8080"),
            ("monitor:8080/hunter2", "monitor:8080"),
            ("me:hunter2@monitor:8080", "***@monitor:8080"),
            (
                "http://me:hunt/er2@audit.example",
                "http://***@audit.example",
            ),
            (
                "http://me:hunt?er2@audit.example:1",
                "http://***@audit.example:1",
            ),
            ("ftp://me:hunter2@audit.example", "ftp://audit.example/"),
            ("http://me:12/hunter2@audit.example", "http://me:12/"),
            ("http://:hunter2", "***"),
            ("hunter2", "***"),
            ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.hunter2", "***"),
            ("", "***"),
        ] {
            let told = shown(text);
            assert_eq!(told, expected, "{text}");
            assert_eq!(
                format!("{:?}", Target(text.to_owned())),
                format!("{told:?}")
            );
        }
    }
}
