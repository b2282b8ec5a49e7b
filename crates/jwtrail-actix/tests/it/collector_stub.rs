//! A collector of OTLP logs over HTTP that keeps what it is sent and answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_actix::Trail;
use jwtrail_event::otlp::ExportLogsServiceRequest;
use prost::Message as _;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::monitor_stub::within;
use crate::stub_server::StubServer;

/// What came, and what is answered.
#[derive(Clone)]
pub(crate) struct Collected {
    exports: Arc<watch::Sender<Vec<ExportLogsServiceRequest>>>,
    attempts: Arc<watch::Sender<Vec<Attempt>>>,
    answer: Arc<Mutex<fn() -> HttpResponse>>,
    /// Answers wait for it while it is open and has none to give.
    patience: Arc<Semaphore>,
}

#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) at: Instant,
    pub(crate) records: usize,
    pub(crate) authorization: Option<String>,
}

impl Default for Collected {
    fn default() -> Self {
        let patience = Semaphore::new(0);
        patience.close();
        Self {
            patience: Arc::new(patience),
            exports: Arc::new(watch::channel(Vec::new()).0),
            attempts: Arc::new(watch::channel(Vec::new()).0),
            answer: Arc::new(Mutex::new(|| HttpResponse::Ok().finish())),
        }
    }
}

impl Collected {
    pub(crate) fn answer_with(&self, answer: fn() -> HttpResponse) {
        *self.answer.lock().unwrap() = answer;
    }

    /// One whose answers wait until it is told to hurry.
    pub(crate) fn slow() -> Self {
        Self {
            patience: Arc::new(Semaphore::new(0)),
            ..Self::default()
        }
    }

    pub(crate) fn hurry(&self) {
        self.patience.close();
    }

    pub(crate) fn answer(&self) -> HttpResponse {
        (self.answer.lock().unwrap())()
    }

    pub(crate) fn take(&self, export: ExportLogsServiceRequest, authorization: Option<String>) {
        let records = logs(std::slice::from_ref(&export)).len();
        let attempt = Attempt {
            at: Instant::now(),
            records,
            authorization,
        };
        if self.answer().status().is_success() {
            self.exports.send_modify(|exports| exports.push(export));
        }
        self.attempts.send_modify(|attempts| attempts.push(attempt));
    }

    /// Waits for a record with such a target.
    pub(crate) async fn target(&self, target: &str) {
        let mut seen = self.exports.subscribe();
        let arrived = seen.wait_for(|exports| targets(exports).iter().any(|t| t == target));
        within(arrived).await.unwrap();
    }

    pub(crate) async fn correlation(&self, id: &str) {
        let is_it = |log: &Log| log.text("jwtrail.correlation_id").as_deref() == Some(id);
        let mut seen = self.exports.subscribe();
        let arrived = seen.wait_for(|exports| logs(exports).iter().any(is_it));
        within(arrived).await.unwrap();
    }

    pub(crate) async fn event(&self, name: &str) {
        let mut seen = self.exports.subscribe();
        let arrived = seen.wait_for(|exports| logs(exports).iter().any(|l| l.event_name == name));
        within(arrived).await.unwrap();
    }

    pub(crate) async fn attempts(&self, at_least: usize) -> Vec<Attempt> {
        let mut seen = self.attempts.subscribe();
        let attempts = within(seen.wait_for(|attempts| attempts.len() >= at_least)).await;
        attempts.unwrap().clone()
    }

    /// Everything that was taken, in order, without what came again.
    pub(crate) fn once(&self) -> Vec<Log> {
        let mut known = std::collections::HashSet::new();
        let mut all = logs(&self.exports.borrow());
        all.retain(|log| known.insert(log.text("log.record.uid").unwrap()));
        all
    }
}

pub(crate) struct CollectorStub;

impl CollectorStub {
    pub(crate) fn start(collected: &Collected) -> StubServer {
        Self::serve(collected, None)
    }

    pub(crate) fn start_on(collected: &Collected, address: SocketAddr) -> StubServer {
        Self::serve(collected, Some(address))
    }

    fn serve(collected: &Collected, address: Option<SocketAddr>) -> StubServer {
        let data = web::Data::new(collected.clone());
        StubServer::start(address, move |config| {
            let config = config.app_data(data.clone());
            config.route("/v1/logs", web::post().to(take));
        })
    }
}

async fn take(
    request: HttpRequest,
    body: web::Bytes,
    collected: web::Data<Collected>,
) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    let export = match header("content-type").unwrap().as_str() {
        "application/x-protobuf" => ExportLogsServiceRequest::decode(body).unwrap(),
        "application/json" => serde_json::from_slice(&body).unwrap(),
        other => panic!("{other}"),
    };
    // An error is the word to hurry.
    collected.patience.acquire().await.ok();
    let answer = collected.answer();
    collected.take(export, header("authorization"));
    answer
}

/// A log record as JSON, with its resource's attributes among its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Log {
    pub(crate) event_name: String,
    pub(crate) json: serde_json::Value,
}

impl Log {
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let attributes = self.json["attributes"].as_array().unwrap();
        let found = attributes.iter().find(|pair| pair["key"] == key)?;
        let value = &found["value"];
        let text = value["stringValue"].as_str();
        text.or_else(|| value["intValue"].as_str())
            .map(str::to_owned)
    }

    pub(crate) fn seq(&self) -> u64 {
        self.text("jwtrail.seq").unwrap().parse().unwrap()
    }
}

pub(crate) fn logs(exports: &[ExportLogsServiceRequest]) -> Vec<Log> {
    let mut all = Vec::new();
    for resource in exports.iter().flat_map(|export| &export.resource_logs) {
        for log in resource.scope_logs.iter().flat_map(|s| &s.log_records) {
            all.push(Log {
                event_name: log.event_name.clone(),
                json: serde_json::to_value(log).unwrap(),
            });
        }
    }
    all
}

pub(crate) fn targets(exports: &[ExportLogsServiceRequest]) -> Vec<String> {
    let logs = logs(exports);
    logs.iter()
        .filter_map(|log| log.text("jwtrail.target"))
        .collect()
}

/// Records what can be looked for afterwards.
pub(crate) fn note(trail: &Trail, target: &str) {
    crate::recorder::revoke(trail, target);
}
