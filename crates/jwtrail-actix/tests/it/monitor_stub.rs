//! A monitor that keeps what it is sent and answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use tokio::sync::watch;

use crate::stub_server::StubServer;

pub(crate) const CREDENTIAL: &str = "producer-credential-of-the-test";

#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) lines: Arc<watch::Sender<Vec<u8>>>,
    pub(crate) attempts: Arc<watch::Sender<u64>>,
    pub(crate) answer: Arc<Mutex<fn() -> HttpResponse>>,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            lines: Arc::new(watch::channel(Vec::new()).0),
            attempts: Arc::new(watch::channel(0).0),
            answer: Arc::new(Mutex::new(accepted)),
        }
    }
}

impl Told {
    pub(crate) async fn attempts(&self, at_least: u64) {
        let mut seen = self.attempts.subscribe();
        within(seen.wait_for(|attempts| *attempts >= at_least))
            .await
            .unwrap();
    }

    pub(crate) async fn lines(&self, arrived: impl Fn(&[u8]) -> bool) {
        let mut seen = self.lines.subscribe();
        within(seen.wait_for(|lines| arrived(lines))).await.unwrap();
    }

    pub(crate) fn answer_with(&self, answer: fn() -> HttpResponse) {
        *self.answer.lock().unwrap() = answer;
    }
}

pub(crate) fn accepted() -> HttpResponse {
    HttpResponse::Ok().body(r#"{"accepted":1,"duplicates":0,"rejected":[]}"#)
}

pub(crate) struct MonitorStub;

impl MonitorStub {
    pub(crate) fn start(told: &Told) -> StubServer {
        Self::serve(told, None)
    }

    pub(crate) fn start_on(told: &Told, address: SocketAddr) -> StubServer {
        Self::serve(told, Some(address))
    }

    fn serve(told: &Told, address: Option<SocketAddr>) -> StubServer {
        let data = web::Data::new(told.clone());
        StubServer::start(address, move |config| {
            let config = config.app_data(data.clone());
            config.route("/api/v1/events", web::post().to(take));
        })
    }
}

async fn take(request: HttpRequest, body: web::Bytes, told: web::Data<Told>) -> HttpResponse {
    let authorization = request.headers().get("authorization").unwrap();
    let right = authorization.as_bytes() == format!("Bearer {CREDENTIAL}").as_bytes();
    let answer = if right {
        (told.answer.lock().unwrap())()
    } else {
        HttpResponse::Unauthorized().body(r#"{"error":{"code":"unknown_producer","message":""}}"#)
    };
    if answer.status().is_success() {
        told.lines
            .send_modify(|lines| lines.extend_from_slice(&body));
    }
    told.attempts.send_modify(|attempts| *attempts += 1);
    answer
}

pub(crate) async fn within<F: Future>(condition: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), condition)
        .await
        .expect("the condition did not come true in 20 s")
}
