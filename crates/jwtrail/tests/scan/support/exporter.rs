use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::SystemClock;
use jwtrail_event::Clock as _;
use jwtrail_forge::Forge;
use jwtrail_verify::{KeySet, Seed, Verifier};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Server;

/// A service that sends its log to an OTLP receiver.
pub(crate) struct Exporter {
    pub(crate) url: String,
    server: Server,
}

/// What it does where the receiver is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Keeps what was not taken, and tries again.
    Keeps,
    /// Forgets it.
    Forgets,
    /// Writes before it answers.
    Waits,
    /// The same, and lets everybody in where it cannot write.
    Opens,
    /// The same, and lets nobody in.
    Closes,
}

struct Service {
    verifier: Verifier,
    habit: Habit,
    receiver: String,
    queue: UnboundedSender<Value>,
}

impl Exporter {
    /// Takes the forge's tokens, and tells a receiver.
    pub(crate) fn start(forge: &Forge, receiver: &str, habit: Habit) -> Self {
        let verifier = Verifier::builder()
            .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks()).unwrap())
            .audience(forge.audience())
            .build(Seed::new([7; 32]));
        let (queue, records) = unbounded_channel();
        let receiver = format!("{receiver}/v1/logs");
        tokio::spawn(export(records, receiver.clone(), habit == Habit::Keeps));
        let service = Service {
            verifier: verifier.unwrap(),
            habit,
            receiver,
            queue,
        };
        let service = Data::from(Arc::new(service));
        let server = Server::start(move |config| {
            let orders = web::get().to(answer);
            config.app_data(service.clone()).route("/orders", orders);
        });
        Self {
            url: server.url.clone(),
            server,
        }
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}

async fn answer(request: HttpRequest, service: Data<Service>) -> HttpResponse {
    let text = |name: &str| {
        let value = request.headers().get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    };
    let token = text("authorization").strip_prefix("Bearer ");
    let good = token.is_some_and(|token| {
        let verified = service.verifier.verify(token, SystemClock.now());
        verified.is_ok()
    });
    let record = json!({
        "correlation_id": text("x-request-id"),
        "trace_id": text("traceparent").split('-').nth(1),
        "outcome": if good { "success" } else { "failure" },
        "status": if good { 200 } else { 401 },
    });
    let written = match service.habit {
        Habit::Keeps | Habit::Forgets => service.queue.send(record).is_ok(),
        Habit::Waits | Habit::Opens | Habit::Closes => posted(&service.receiver, &[record]).await,
    };
    match service.habit {
        Habit::Closes if !written => HttpResponse::ServiceUnavailable().finish(),
        Habit::Opens if !written => HttpResponse::Ok().json(["an order"]),
        _ if good => HttpResponse::Ok().json(["an order"]),
        _ => HttpResponse::Unauthorized()
            .insert_header(("www-authenticate", "Bearer error=\"invalid_token\""))
            .finish(),
    }
}

/// Writes what comes, as much at a time as there is.
async fn export(mut records: UnboundedReceiver<Value>, receiver: String, keeps: bool) {
    let mut batch = Vec::new();
    while records.recv_many(&mut batch, 100).await > 0 {
        // The receiver takes its time to refuse.
        while !posted(&receiver, &batch).await && keeps {}
        batch.clear();
    }
}

async fn posted(receiver: &str, records: &[Value]) -> bool {
    let records: Vec<Value> = records.iter().map(log_record).collect();
    let body = json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": records }] }] });
    let request = reqwest::Client::new()
        .post(receiver)
        .header("content-type", "application/json")
        .body(body.to_string());
    let answer = request.send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

fn log_record(record: &Value) -> Value {
    let fields = record.as_object().unwrap().iter();
    let attributes = fields.map(|(name, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        json!({ "key": name, "value": { "stringValue": text } })
    });
    json!({ "attributes": attributes.collect::<Vec<_>>() })
}
