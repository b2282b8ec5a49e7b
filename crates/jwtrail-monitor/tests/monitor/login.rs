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
    let browser = page(&bench).header("cookie", cookie);
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
    let browser = page(&bench).header("cookie", cookie);
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
