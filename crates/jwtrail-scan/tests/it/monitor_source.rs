use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Data, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use jwtrail_event::{Clock, SecretToken, Timestamp};
use jwtrail_scan::LogSource as _;
use jwtrail_scan::sources::MonitorLog;
use jwtrail_testkit::TestClock;
use serde::Deserialize;

/// The events of a monitor, oldest first: what its API answers is made of them.
type Events = Arc<Mutex<Vec<u64>>>;

#[derive(Deserialize)]
struct Asked {
    limit: usize,
    before: Option<u64>,
}

/// A page of the monitor's API: newest first, `next_before` where there are more.
async fn events(
    request: HttpRequest,
    asked: Query<Asked>,
    events: Data<Mutex<Vec<u64>>>,
) -> HttpResponse {
    let authorization = request
        .headers()
        .get("authorization")
        .map(|value| value.as_bytes());
    if authorization != Some(b"Bearer reads-events") {
        return HttpResponse::Unauthorized().finish();
    }
    // Small pages, so that there are several.
    let limit = asked.limit.min(2);
    let events = events.lock().unwrap();
    let older = events
        .iter()
        .rev()
        .filter(|at| asked.before.is_none_or(|before| **at < before));
    let page: Vec<u64> = older.take(limit + 1).copied().collect();
    let shown: Vec<String> = page
        .iter()
        .take(limit)
        .map(|at| format!("{{\"id\":\"e{at}\",\"position\":{at}}}"))
        .collect();
    let next = if page.len() > limit {
        page.get(limit - 1).map(u64::to_string).unwrap_or_default()
    } else {
        "null".to_owned()
    };
    HttpResponse::Ok()
        .content_type("application/json")
        .body(format!(
            "{{\"events\":[{}],\"next_before\":{next}}}",
            shown.join(",")
        ))
}

fn start(stored: &Events) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let data = Data::from(Arc::clone(stored));
    let app = move || {
        App::new()
            .app_data(data.clone())
            .route("/api/v1/events", web::get().to(events))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    tokio::spawn(server);
    address
}

async fn open(url: &str, token: &str) -> Result<MonitorLog, jwtrail_scan::UnreadableLog> {
    let clock: Arc<dyn Clock> = Arc::new(TestClock::new(Timestamp::from_seconds(1_800_000_000)));
    MonitorLog::open(url, SecretToken::new(token.to_owned()), clock).await
}

#[tokio::test]
async fn events_after_the_start_come_in_order_over_pages() {
    let stored: Events = Arc::new(Mutex::new(vec![1, 2, 3]));
    let url = format!("http://{}", start(&stored));
    let mut monitor = open(&url, "reads-events").await.unwrap();
    assert_eq!(monitor.poll().await.unwrap(), []);
    stored.lock().unwrap().extend([4, 5, 6, 7, 8]);
    let records = monitor.poll().await.unwrap();
    let ids: Vec<&str> = records
        .iter()
        .filter_map(|record| record.field("id"))
        .collect();
    assert_eq!(ids, ["e4", "e5", "e6", "e7", "e8"]);
    assert_eq!(records[0].offset, 4);
    assert_eq!(monitor.poll().await.unwrap(), []);
}

#[tokio::test]
async fn an_empty_monitor_is_read_from_its_first_event() {
    let stored: Events = Arc::new(Mutex::new(vec![]));
    let url = format!("http://{}", start(&stored));
    let mut monitor = open(&url, "reads-events").await.unwrap();
    stored.lock().unwrap().extend([1, 2, 3]);
    assert_eq!(monitor.poll().await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_keeps_it_out_is_said() {
    let stored: Events = Arc::new(Mutex::new(vec![]));
    let url = format!("http://{}", start(&stored));
    let error = open(&url, "another").await.unwrap_err();
    assert!(error.problem.contains("does not let us in"), "{error}");
    assert!(!format!("{error:?}").contains("another"));
    let error = open("http://monitor.example", "reads-events")
        .await
        .unwrap_err();
    assert!(error.problem.contains("use https"), "{error}");
    let free = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let error = open(&format!("http://{free}"), "reads-events")
        .await
        .unwrap_err();
    assert!(error.problem.contains("does not answer"), "{error}");
}
