//! What a scrape says: it agrees with the records, promtool takes it, and no load makes it grow.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use actix_web::test as actix;
use actix_web::{App, web};
use jwtrail_actix::{Metrics, MonitorSink, Trail};
use jwtrail_event::events::{
    AcceptedToken, Answer, AuditDropped, Claims, Correlation, Evidence, KeysFailed, KeysRefreshed,
    LimitsDegraded, LoginFailed, Request, TokenAccepted, TokenHeader, TokenIssued, TokenRefreshed,
    TokenRejected,
};
use jwtrail_event::{
    CacheUse, CorrelationSource, DroppedKind, Exit, Hop, Reason, SpanId, Steps, Text, TraceId,
};

use jwtrail_testkit::{AuditCompliance, TestClock};

use crate::capture::{Capture, FixedClock};
use crate::client::Call;
use crate::server::{Service, Setup};

#[actix_web::test]
async fn a_scrape_agrees_with_the_records() {
    let service = Service::start(&Setup::default());
    let good = service.forge.token().scope("orders:read").sign();
    let bad = service.forge.token().signed_by_stranger().sign();
    for (id, token, status) in [
        ("1", Some(&good), 200),
        ("2", Some(&good), 200),
        ("3", Some(&good), 200),
        ("4", Some(&bad), 401),
        ("5", None, 401),
    ] {
        let call = Call::get("/orders/7").id(id);
        let call = match token {
            Some(token) => call.bearer(token),
            None => call,
        };
        assert_eq!(call.send(service.address).await.status(), status);
    }
    let text = Metrics::of(&service.trail).cache_of(&service.auth).text();
    for expected in [
        r#"jwtrail_decisions_total{decision="accepted",outcome="success",route="/orders/{id}",scope_class="reading"} 3"#,
        r#"jwtrail_decisions_total{decision="missing",outcome="failure",reason="missing",route="/orders/{id}"} 1"#,
        r#"jwtrail_request_duration_seconds_count{outcome="success"} 3"#,
        r#"jwtrail_request_duration_seconds_count{outcome="failure"} 2"#,
        r#"jwtrail_request_duration_seconds_bucket{outcome="success",le="+Inf"} 3"#,
        r#"jwtrail_cache_lookups_total{result="hit"} 2"#,
        "jwtrail_cached_tokens 1",
        r#"jwtrail_records_total{event="token.rejected"} 1"#,
        "jwtrail_limits_degraded 0",
    ] {
        assert!(
            text.lines().any(|line| line == expected),
            "{expected}\n{text}"
        );
    }
    let recorded = service.finish().await;
    AuditCompliance::of(&recorded.events)
        .also_written(text.as_bytes())
        .tokens_sent(&[good, bad])
        .decisions(5)
        .assert();
}

#[actix_web::test]
async fn the_handler_answers_in_prometheus_text() {
    let trail = trail();
    let app = App::new().route("/metrics", web::get().to(Metrics::of(&trail)));
    let app = actix::init_service(app).await;
    let request = actix::TestRequest::get().uri("/metrics").to_request();
    let answer = actix::call_service(&app, request).await;
    let headers = answer.headers();
    assert_eq!(
        headers.get("content-type").unwrap(),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert_eq!(headers.get("cache-control").unwrap(), "no-store");
    let body = actix::read_body(answer).await;
    assert_eq!(body, Metrics::of(&trail).text());
    trail.stop().await;
}

#[actix_web::test]
async fn ten_thousand_routes_issuers_and_classes_leave_a_bounded_scrape() {
    let trail = trail();
    let threads = (0..4_usize).map(|thread| {
        let trail = trail.clone();
        std::thread::spawn(move || {
            for number in (thread..10_000).step_by(4) {
                flood(&trail, number);
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
    let text = Metrics::of(&trail).text();
    let samples = text.lines().filter(|line| !line.starts_with('#')).count();
    assert!(samples < 2_000, "{samples}");
    assert!(text.len() < 400_000, "{}", text.len());
    // Nothing went uncounted.
    assert_eq!(total(&text, "jwtrail_decisions_total"), 20_000);
    assert_eq!(total(&text, "jwtrail_key_fetches_total"), 10_000);
    assert_eq!(total(&text, "jwtrail_records_dropped_total"), 30_000);
    assert!(text.contains(r#"route="(other)",scope_class="(other)""#));
    trail.stop().await;
}

#[actix_web::test]
async fn a_series_that_was_there_stays_and_grows_when_there_are_too_many() {
    let trail = trail();
    for number in 0..3_000 {
        flood(&trail, number);
    }
    let before = Metrics::of(&trail).text();
    for number in 0..3_000 {
        flood(&trail, number);
    }
    let after = Metrics::of(&trail).text();
    let series = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| line.starts_with("jwtrail_decisions_total{"));
        lines
            .map(|line| line.rsplit_once(' ').unwrap().0.to_owned())
            .collect()
    };
    assert_eq!(series(&before), series(&after));
    assert_eq!(
        total(&after, "jwtrail_decisions_total"),
        2 * total(&before, "jwtrail_decisions_total")
    );
    trail.stop().await;
}

#[actix_web::test]
async fn every_kind_of_event_has_its_metric() {
    let trail = trail();
    let (correlation, issuer) = (correlation(), Text::from("https://login.example"));
    let with = &request("/login");
    trail.record(&KeysRefreshed {
        correlation: &correlation,
        issuer: issuer.clone(),
    });
    trail.record(&KeysFailed {
        correlation: &correlation,
        issuer,
    });
    trail.record(&LimitsDegraded {
        correlation: &correlation,
        reason: Some(Reason::BackendUnavailable),
    });
    trail.record(&LoginFailed {
        request: with,
        claimed_sub: Some("mallory".into()),
    });
    trail.record(&TokenIssued {
        request: with,
        claims: claims("user"),
        family: None,
    });
    trail.record(&TokenRefreshed {
        request: with,
        claims: claims("user"),
        family: family(),
        previous_jti: None,
    });
    trail.record(&AuditDropped {
        correlation: &correlation,
        sink: "monitor".into(),
        count: 5,
        kind: DroppedKind::Unverified,
        reason: Reason::BackendUnavailable,
    });
    let text = Metrics::of(&trail).text();
    for expected in [
        r#"jwtrail_key_fetches_total{issuer="https://login.example",outcome="success"} 1"#,
        r#"jwtrail_key_fetches_total{issuer="https://login.example",outcome="failure"} 1"#,
        r#"jwtrail_keys_age_seconds{issuer="https://login.example"} 0"#,
        "jwtrail_limits_degraded 1",
        r#"jwtrail_logins_total{outcome="failure",reason="bad_credentials"} 1"#,
        r#"jwtrail_tokens_issued_total{outcome="success"} 1"#,
        r#"jwtrail_refreshes_total{result="refreshed"} 1"#,
        r#"jwtrail_records_dropped_total{sink="monitor",kind="unverified"} 5"#,
    ] {
        assert!(
            text.contains(&format!("{expected}\n")),
            "{expected}\n{text}"
        );
    }
    assert!(!text.contains("mallory"));
    promtool(&text);
    trail.stop().await;
}

#[actix_web::test]
async fn promtool_takes_what_a_flood_leaves() {
    let trail = trail();
    for number in 0..2_000 {
        flood(&trail, number);
    }
    promtool(&Metrics::of(&trail).text());
    trail.stop().await;
}

/// Nobody accepts there: what is recorded stays in the spool.
#[actix_web::test]
async fn a_receiver_that_is_away_shows_in_the_spool() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let credential = jwtrail_event::SecretToken::new("a-credential".to_owned());
    let monitor = MonitorSink::new(&url, credential, folder.path());
    let clock = TestClock::new(jwtrail_event::Timestamp::from_seconds(1_800_000_000));
    let builder = Trail::builder("orders-api").clock(Arc::new(clock.clone()));
    let trail = builder.monitor(monitor).start().unwrap();
    flood(&trail, 1);
    trail.flush().await;
    clock.advance_micros(90_000_000);
    let text = Metrics::of(&trail).text();
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit_once(' ').unwrap().1.to_owned()
    };
    assert!(value("jwtrail_spool_bytes{sink=").parse::<u64>().unwrap() > 1_000);
    assert_eq!(value("jwtrail_spool_age_seconds{sink="), "90");
    promtool(&text);
    trail.stop().await;
}

/// Has promtool check the text, where it is installed.
#[expect(
    clippy::print_stdout,
    reason = "the harness has no other way to say that a test was skipped"
)]
fn promtool(text: &str) {
    let mut check = Command::new("promtool");
    check.args(["check", "metrics"]).stdin(Stdio::piped());
    let child = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        println!("skipped: promtool is not installed");
        return;
    };
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}");
}

/// Two decisions, a fetch and three lost records, with labels that nobody has seen before.
fn flood(trail: &Trail, number: usize) {
    let route = format!("/{number}/\"\\\n{{id}}");
    let class = format!("class-{}", number % 50);
    let request = request(&route);
    trail.record(&TokenAccepted {
        request: &request,
        answer: answer(),
        token: AcceptedToken::Facts {
            header: TokenHeader::default(),
            claims: claims(&class),
        },
        authorization: None,
    });
    trail.record(&TokenRejected {
        request: &request,
        answer: answer(),
        evidence: Evidence::Absent,
        reason: Reason::ALL[number % Reason::ALL.len()],
    });
    let correlation = correlation();
    let about = format!("https://{number}.example");
    trail.record(&KeysFailed {
        correlation: &correlation,
        issuer: Text::from(&about),
    });
    trail.record(&AuditDropped {
        correlation: &correlation,
        sink: Text::from(&about),
        count: 3,
        kind: DroppedKind::ALL[number % 5],
        reason: Reason::BackendUnavailable,
    });
}

fn total(text: &str, name: &str) -> u64 {
    let lines = text
        .lines()
        .filter(|line| line.starts_with(&format!("{name}{{")));
    lines
        .map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap())
        .sum()
}

fn trail() -> Trail {
    let builder = Trail::builder("orders-api").clock(Arc::new(FixedClock));
    // So much that none is really lost, however slow the machine is.
    let builder = builder.queue_bytes(1 << 30);
    builder.sink(Capture::default().sink()).start().unwrap()
}

fn correlation() -> Correlation<'static> {
    Correlation {
        id: Text::from("c-1"),
        source: CorrelationSource::Generated,
        trace_id: TraceId::from_bits(1),
        span_id: SpanId::from_bits(2),
        linked_trace_id: None,
    }
}

fn request(route: &str) -> Request<'_> {
    Request {
        correlation: correlation(),
        client_ip: [192, 0, 2, 7].into(),
        peer_ip: [192, 0, 2, 7].into(),
        hop: Hop::Edge,
        user_agent: None,
        origin: None,
        method: "GET".into(),
        route: route.into(),
    }
}

fn answer() -> Answer {
    Answer {
        steps: Steps::default(),
        status: Some(200),
        exit: Exit::Responded,
        enforced: true,
        duration_us: 700,
        cache: CacheUse::Miss,
    }
}

fn claims(class: &str) -> Claims<'_> {
    Claims {
        sub: Some("alice".into()),
        scope_class: Some(class.into()),
        ..Claims::default()
    }
}

fn family() -> jwtrail_event::events::Family<'static> {
    jwtrail_event::events::Family {
        id: "fam-1".into(),
        generation: 1,
    }
}
