use serde_json::json;

use crate::support::{Bench, Client};

fn code(bench: &Bench) -> String {
    let link = bench.monitor.login_link().unwrap();
    let (page, code) = link.split_once("/#login=").unwrap();
    assert_eq!(page, format!("http://{}", bench.monitor.address()));
    json!({ "code": code }).to_string()
}

fn page(bench: &Bench) -> Client {
    let client = bench.anonymous().header("x-jwtrail-request", "1");
    client.header("content-type", "application/json")
}

/// The page with its session, and what a browser says of where it stands.
fn session(bench: &Bench, cookie: &str) -> Client {
    let client = page(bench).header("cookie", cookie);
    client.header("sec-fetch-site", "same-origin")
}

#[test]
fn a_link_logs_in_once() {
    let bench = Bench::start();
    let code = code(&bench);
    let answer = page(&bench).post("/api/v1/login", &code);
    assert_eq!(answer.status, 204);
    let cookie = answer.header("set-cookie").unwrap();
    for part in [
        "jwtrail_session=",
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
        "Max-Age=",
    ] {
        assert!(cookie.contains(part), "{part}");
    }
    let (cookie, _) = cookie.split_once(';').unwrap();
    let browser = session(&bench, cookie);
    let session = browser.get("/api/v1/session").json();
    assert_eq!(session["user"], "operator");
    assert_eq!(session["role"], "admin");

    let again = page(&bench).post("/api/v1/login", &code);
    assert_eq!(again.status, 401);
    assert!(again.header("set-cookie").is_none());
}

#[test]
fn a_logout_ends_the_session_for_good() {
    let bench = Bench::start();
    let answer = page(&bench).post("/api/v1/login", code(&bench));
    let (cookie, _) = answer
        .header("set-cookie")
        .unwrap()
        .split_once(';')
        .unwrap();
    let browser = session(&bench, cookie);
    let answer = browser.post("/api/v1/logout", "");
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(browser.get("/api/v1/session").status, 401);
}

#[test]
fn bad_codes_are_refused() {
    let bench = Bench::start();
    let code = code(&bench);
    for body in [
        "",
        "{}",
        "[]",
        "{\"code\":\"\"}",
        "{\"code\":\"x\"}",
        &"x".repeat(9_000),
    ] {
        let answer = page(&bench).post("/api/v1/login", body);
        assert!(
            matches!(answer.status, 400 | 401),
            "{body}: {}",
            answer.status
        );
    }
    bench.clock.advance_seconds(60 * 60 + 1);
    assert_eq!(
        page(&bench).post("/api/v1/login", &code).status,
        401,
        "too old"
    );
}

#[test]
fn other_sites_can_not_log_in_or_out() {
    let bench = Bench::start();
    let code = code(&bench);
    let site = bench.anonymous().header("content-type", "application/json");
    assert_eq!(site.post("/api/v1/login", &code).status, 403);
    assert_eq!(bench.client.post("/api/v1/logout", "").status, 403);
    assert_eq!(bench.client.get("/api/v1/session").status, 200);
    assert_eq!(page(&bench).post("/api/v1/login", &code).status, 204);
}

#[test]
fn a_logout_outlives_a_crash() {
    let bench = Bench::start();
    let answer = page(&bench).post("/api/v1/login", code(&bench));
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    let (cookie, _) = cookie.split_once(';').unwrap();
    let browser = |bench: &Bench| session(bench, cookie);
    assert_eq!(browser(&bench).post("/api/v1/logout", "").status, 204);
    let bench = bench.crash(|_| {}).restart(|_| {});
    assert_eq!(browser(&bench).get("/api/v1/session").status, 401);
    assert_eq!(bench.client.get("/api/v1/session").status, 200);
}

#[test]
fn a_page_of_another_origin_can_not_log_in_or_out() {
    let bench = Bench::start();
    let code = code(&bench);
    let own = format!("http://{}", bench.monitor.address());
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let other = page(&bench).header("origin", origin);
        assert_eq!(other.post("/api/v1/login", &code).status, 403, "{origin}");
    }
    let ours = page(&bench).header("origin", &own);
    assert_eq!(ours.post("/api/v1/login", &code).status, 204);
}

#[test]
fn the_public_origin_is_ours_and_its_cookie_is_secure() {
    let bench = Bench::start_with(|config| {
        config.public_url = Some("https://jwtrail.example".to_owned());
    });
    let link = bench.monitor.login_link().unwrap();
    let code = link
        .strip_prefix("https://jwtrail.example/#login=")
        .unwrap();
    let browser = page(&bench).header("origin", "https://jwtrail.example");
    let browser = browser.header("host", "jwtrail.example");
    let answer = browser.post("/api/v1/login", json!({ "code": code }).to_string());
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert!(answer.header("set-cookie").unwrap().contains("; Secure"));
}

#[test]
fn who_tries_codes_has_to_wait_and_a_right_one_still_passes() {
    let bench = Bench::start_with(|config| config.limits.guess_burst = 2);
    let wrong = || page(&bench).post("/api/v1/login", "{\"code\":\"x\"}");
    assert_eq!(wrong().status, 401);
    let producer = bench.anonymous().bearer("jwtrail-p-wrong");
    assert_eq!(producer.post("/api/v1/events", "").status, 401);
    for answer in [wrong(), producer.post("/api/v1/events", "")] {
        assert_eq!(answer.status, 429);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    let right = page(&bench).post("/api/v1/login", code(&bench));
    assert_eq!(right.status, 204);
    assert_eq!(bench.ingest("").status, 200);
    bench.clock.advance_seconds(1);
    assert_eq!(wrong().status, 401);
}

#[test]
fn a_login_that_does_not_come_is_not_waited_for() {
    let bench = Bench::start_with(|config| {
        config.limits.login_deadline = std::time::Duration::from_millis(50);
    });
    let answer = page(&bench).begin("POST", "/api/v1/login", 100);
    assert_eq!(answer.status, 408, "{}", answer.text());
}
