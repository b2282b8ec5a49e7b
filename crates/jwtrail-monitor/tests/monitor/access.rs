use crate::support::Bench;

/// Every route of the API but the login and the intake, which have tests of their own.
const PROTECTED: [(&str, &str); 15] = [
    ("GET", "/api/v1/session"),
    ("GET", "/api/v1/overview?minutes=60"),
    ("GET", "/api/v1/alerts"),
    ("GET", "/api/v1/alerts/00112233445566778899aabbccddeeff"),
    ("GET", "/api/v1/events?jti=x"),
    ("GET", "/api/v1/rules"),
    ("GET", "/api/v1/health"),
    ("GET", "/api/v1/stream"),
    ("GET", "/api/v1/quarantine"),
    ("POST", "/api/v1/quarantine"),
    (
        "DELETE",
        "/api/v1/quarantine/0190a5c0-0000-7000-8000-000000000001",
    ),
    ("POST", "/api/v1/logout"),
    ("DELETE", "/api/v1/events"),
    ("GET", "/api/v1/"),
    ("GET", "/api/v1/no-such-route"),
];

#[test]
fn the_api_refuses_everyone_without_a_token_of_ours() {
    let bench = Bench::start();
    let producer = bench.producer();
    let ours = bench.monitor.access_token().unwrap();
    let mut forged = ours.expose().to_owned();
    // Not the last character: some of its bits say nothing.
    let place = forged.len() - 2..forged.len() - 1;
    let is_a = forged.get(place.clone()) == Some("A");
    let other = if is_a { "B" } else { "A" };
    forged.replace_range(place, other);
    let other = Bench::start();
    let theirs = other.monitor.access_token().unwrap();
    for token in [
        None,
        Some(producer.expose()),
        Some(&forged),
        Some(theirs.expose()),
    ] {
        for (method, path) in PROTECTED {
            let client = bench.anonymous().header("x-jwtrail-request", "1");
            let client = match token {
                Some(token) => client.bearer(token),
                None => client,
            };
            let answer = client.send(method, path, b"");
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text());
            let text = answer.text();
            assert!(
                !text.contains("events") && !text.contains("rules"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_token_ends() {
    let bench = Bench::start();
    assert_eq!(bench.client.get("/api/v1/session").status, 200);
    bench.clock.advance_seconds(12 * 60 * 60 + 120);
    assert_eq!(bench.client.get("/api/v1/session").status, 401);
}

#[test]
fn every_answer_has_the_security_headers() {
    let bench = Bench::start();
    for path in [
        "/api/v1/session",
        "/api/v1/none",
        "/api/none",
        "/healthz",
        "/none",
    ] {
        for client in [&bench.client, &bench.anonymous()] {
            let answer = client.get(path);
            let policy = answer.header("content-security-policy").unwrap();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self';"),
                "{policy}"
            );
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        }
    }
}

#[test]
fn the_page_and_the_health_check_are_open() {
    let bench = Bench::start();
    let page = bench.anonymous().get("/");
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let tag = page.header("etag").unwrap();
    let again = bench.anonymous().header("if-none-match", tag).get("/");
    assert_eq!(again.status, 304);
    let health = bench.anonymous().get("/healthz");
    assert_eq!((health.status, health.text()), (200, "ok".to_owned()));
    assert_eq!(bench.anonymous().get("/none").status, 404);
    assert_eq!(
        bench.client.get("/api/v1/none").json()["error"]["code"],
        "not_found"
    );
    assert_eq!(bench.client.post("/api/v1/rules", "").status, 405);
}

#[test]
fn the_monitors_own_decisions_are_in_its_own_log() {
    let bench = Bench::start();
    let id = "a-request-of-the-test";
    let client = bench.anonymous().header("x-request-id", id);
    assert_eq!(client.get("/api/v1/rules").status, 401);
    let bench = bench.restart(|_| {});
    let found = bench
        .client
        .get(&format!("/api/v1/events?correlation_id={id}"))
        .json();
    let events = found["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{found}");
    assert_eq!(events[0]["event"], "token.missing");
    assert_eq!(events[0]["service"], "jwtrail-monitor");
    assert_eq!(events[0]["producer"], "jwtrail-monitor");
}

#[test]
fn a_name_that_was_made_to_lead_here_is_refused() {
    let bench = Bench::start();
    let rebound = bench.anonymous().header("host", "evil.example:7780");
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/api/v1/session"),
        ("POST", "/api/v1/login"),
        ("GET", "/none"),
    ] {
        let answer = rebound.send(method, path, b"");
        assert_eq!(answer.status, 421, "{method} {path}");
        assert_eq!(answer.json()["error"]["code"], "misdirected");
        assert!(answer.text().contains("public_url"), "{}", answer.text());
        assert!(answer.header("content-security-policy").is_some());
    }
    assert_eq!(rebound.get("/healthz").status, 200);
    // A program knows the monitor by any name, and shows its credential.
    let program = bench.client.clone().header("host", "monitor.internal");
    assert_eq!(program.get("/api/v1/session").status, 200);
    let local = bench.anonymous().header("host", "localhost:7780");
    assert_eq!(local.get("/").status, 200);
}
