//! `htu` is compared after syntax- and scheme-based normalisation (RFC 9449 section 4.3, RFC
//! 3986 sections 6.2.2 and 6.2.3).

use jwtrail_verify::HttpUri;
use proptest::prelude::*;

#[test]
fn spellings_of_one_uri_are_equal() {
    for (spelled, normal) in [
        ("https://a.example", "https://a.example/"),
        ("HTTPS://A.EXAMPLE/", "https://a.example/"),
        ("https://a.example:443/", "https://a.example/"),
        ("https://a.example:/", "https://a.example/"),
        ("http://a.example:80/", "http://a.example/"),
        ("https://a.example:080/", "https://a.example:80/"),
        ("https://a.example/x?y=1#z", "https://a.example/x"),
        ("https://a.example?y=1", "https://a.example/"),
        ("https://a.example#z", "https://a.example/"),
        ("https://a.example/%7euser", "https://a.example/~user"),
        ("https://a.example/a%2fb", "https://a.example/a%2Fb"),
        ("https://a.example/a/./b", "https://a.example/a/b"),
        ("https://a.example/a/../b", "https://a.example/b"),
        ("https://a.example/a/%2E%2e/b", "https://a.example/b"),
        ("https://a.example/../../b", "https://a.example/b"),
        ("https://a.example/a/..", "https://a.example/"),
        ("https://a.example/a/.", "https://a.example/a/"),
        ("https://[2001:DB8::0:1]:443/", "https://[2001:db8::1]/"),
        ("https://127.0.0.1:8443/", "https://127.0.0.1:8443/"),
    ] {
        assert_eq!(
            HttpUri::parse(spelled).unwrap().as_str(),
            normal,
            "{spelled}"
        );
    }
}

#[test]
fn uris_that_differ_stay_different() {
    for (one, other) in [
        ("https://a.example/", "http://a.example/"),
        ("https://a.example/", "https://b.example/"),
        ("https://a.example/", "https://a.example:8443/"),
        ("https://a.example/a", "https://a.example/A"),
        ("https://a.example/a", "https://a.example/a/"),
        ("https://a.example/a/b", "https://a.example/a%2Fb"),
        ("https://a.example/a//b", "https://a.example/a/b"),
        ("https://a.example/%41%25", "https://a.example/A%"),
        ("http://a.example:443/", "https://a.example/"),
    ] {
        assert_ne!(
            HttpUri::parse(one).ok(),
            HttpUri::parse(other).ok(),
            "{one} {other}"
        );
    }
}

#[test]
fn what_is_no_uri_of_http_is_refused() {
    let long = format!("https://a.example/{}", "a".repeat(8192));
    for text in [
        "",
        "a.example/x",
        "//a.example/x",
        "https:/a.example",
        "https:///x",
        "https://",
        "https://:443/",
        "ftp://a.example/",
        "https://user@a.example/",
        "https://a.example@b.example/",
        "https://a.example:65536/",
        "https://a.example:x/",
        "https://a.example:+443/",
        "https://a.example:4 43/",
        "https://a%2eexample/",
        "https://a\\b.example/",
        "https://a.example\n/",
        "https://ä.example/",
        "https://[::1/",
        "https://[::g]/",
        "https://[::1]x/",
        "https://a.example/%",
        "https://a.example/%4",
        "https://a.example/%zz",
        "https://a.example/a b",
        &long,
    ] {
        assert!(HttpUri::parse(text).is_err(), "{text}");
    }
    let longest = format!("https://a.example/{}", "a".repeat(8192 - 18));
    assert_eq!(
        (longest.len(), HttpUri::parse(&longest).is_ok()),
        (8192, true)
    );
}

#[test]
fn a_path_goes_behind_the_origins_own() {
    for (origin, path, joined) in [
        ("https://a.example", "/x", "https://a.example/x"),
        ("https://a.example/", "/x/", "https://a.example/x/"),
        ("https://a.example/v1", "/x", "https://a.example/v1/x"),
        ("https://a.example/v1/", "x", "https://a.example/v1/x"),
        ("https://a.example/v1", "/../x", "https://a.example/x"),
        (
            "https://a.example",
            "//b.example/x",
            "https://a.example//b.example/x",
        ),
        ("https://a.example", "", "https://a.example/"),
    ] {
        let joined_now = HttpUri::parse(origin).unwrap().join(path).unwrap();
        assert_eq!(joined_now.as_str(), joined, "{origin} {path}");
    }
    let origin = HttpUri::parse("https://a.example").unwrap();
    assert!(origin.join("/%").is_err() && origin.join("/a b").is_err());
}

proptest! {
    /// The normal form of a normal form is itself, whatever came.
    #[test]
    fn normalising_twice_is_normalising_once(text in "(https?://)?[a-zA-Z0-9.:@%/?#~\\[\\] ä-]{0,60}") {
        if let Ok(once) = HttpUri::parse(&text) {
            prop_assert_eq!(HttpUri::parse(once.as_str()), Ok(once.clone()));
            prop_assert!(!once.as_str().contains(['?', '#', '@']));
            prop_assert!(once.as_str().starts_with("http"));
        }
    }

    #[test]
    fn any_text_is_judged(text: String) {
        HttpUri::parse(&text).ok();
    }

    /// Case of scheme and host, the default port, escapes of unreserved characters and dot
    /// segments make no difference; the path's own characters do.
    #[test]
    fn equivalent_spellings_meet(host in "[a-z]{1,8}\\.example", path in "(/[a-z0-9~._-]{1,6}){1,4}") {
        // Segments of dots are another path.
        prop_assume!(path.split('/').skip(1).all(|segment| !segment.trim_matches('.').is_empty()));
        let plain = HttpUri::parse(&format!("https://{host}{path}")).unwrap();
        let escaped: String = path.bytes().map(|b| match b {
            b'/' => "/".to_owned(),
            other => format!("%{other:02x}"),
        }).collect();
        let spelled = format!("HTTPS://{}:443/x/.././{}?q#f", host.to_uppercase(), escaped.trim_start_matches('/'));
        prop_assert_eq!(HttpUri::parse(&spelled), Ok(plain.clone()));
        let more = HttpUri::parse(&format!("https://{host}{path}x")).unwrap();
        prop_assert_ne!(more, plain);
    }
}
