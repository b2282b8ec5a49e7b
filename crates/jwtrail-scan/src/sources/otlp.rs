use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{self, Bytes, Data, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use jwtrail_event::Clock;

use super::decoder::record;
use crate::formats::plain::plain;
use crate::logs::{Entry, parse_otlp_json, parse_otlp_protobuf};
use crate::observed::{LogSource, ObservedRecord, Polled, UnreadableLog};
use crate::switch::Switch;

/// An OTLP/HTTP receiver that the scanner opens: the service's exporter is pointed at it
/// (`OTEL_EXPORTER_OTLP_ENDPOINT`, protocol `http/protobuf` or `http/json`).
///
/// It takes logs; traces and metrics are accepted and passed over. OTLP over gRPC is not taken.
pub struct OtlpReceiver {
    address: SocketAddr,
    received: Arc<Received>,
    server: ServerHandle,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl OtlpReceiver {
    /// Listens on an address; port 0 takes a free one. It has to be called in a tokio runtime.
    ///
    /// # Errors
    /// When it is not a loopback address, or the port is taken.
    pub fn listen(address: SocketAddr, clock: Arc<dyn Clock>) -> Result<Self, UnreadableLog> {
        let unreadable = |problem: &str, error| {
            let place = format!("the OTLP receiver on {address}");
            UnreadableLog::new(place, problem.to_owned(), error)
        };
        if !address.ip().is_loopback() {
            return Err(unreadable(
                "it takes records from whoever reaches it, so it listens on a loopback address only",
                None,
            ));
        }
        let failed = |error: std::io::Error| {
            let problem = match error.kind() {
                std::io::ErrorKind::AddrInUse => "the port is taken; name another one",
                _ => "it cannot listen there",
            };
            unreadable(problem, Some(error))
        };
        let listener = TcpListener::bind(address).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let received = Arc::new(Received {
            records: Mutex::new(Vec::new()),
            count: Mutex::new(0),
            clock,
            switch: Switch::new(&description(address)),
        });
        let data = Data::from(Arc::clone(&received));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(PayloadConfig::new(MAX_BODY))
                .route("/v1/logs", web::post().to(logs))
                .route("/v1/traces", web::post().to(others))
                .route("/v1/metrics", web::post().to(others))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(failed)?
        .run();
        Ok(Self {
            address,
            received,
            server: server.handle(),
            task: tokio::spawn(server),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    fn take(&self) -> Result<Vec<ObservedRecord>, UnreadableLog> {
        let records = std::mem::take(&mut *locked(&self.received.records));
        if records.is_empty() && self.task.is_finished() {
            let problem = "it stopped listening".to_owned();
            return Err(UnreadableLog::new(self.description(), problem, None));
        }
        Ok(records)
    }
}

impl std::fmt::Debug for OtlpReceiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtlpReceiver")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl LogSource for OtlpReceiver {
    fn description(&self) -> String {
        description(self.address)
    }

    fn switches(&self) -> Vec<Switch> {
        vec![self.received.switch.clone()]
    }

    fn poll(&mut self) -> Polled<'_> {
        Box::pin(std::future::ready(self.take()))
    }
}

impl Drop for OtlpReceiver {
    fn drop(&mut self) {
        // The handle's future says when it is done, which nobody waits for here.
        drop(self.server.stop(false));
        self.task.abort();
    }
}

#[derive(Debug)]
struct Received {
    records: Mutex<Vec<ObservedRecord>>,
    count: Mutex<u64>,
    clock: Arc<dyn Clock>,
    switch: Switch,
}

impl Received {
    /// Keeps the entries; not when too many wait already.
    fn keep(&self, entries: Vec<Entry>) -> bool {
        let mut records = locked(&self.records);
        if records.len() + entries.len() > MOST_WAITING {
            return false;
        }
        let mut count = locked(&self.count);
        let seen_at = self.clock.now();
        for entry in entries {
            // There is no line: what would be searched in it is searched in this. No value can
            // break it, since none does in OTLP.
            let raw: Vec<String> = entry
                .fields
                .iter()
                .map(|(name, value)| format!("{name}={}", plain(value)))
                .collect();
            records.push(record(&entry, raw.join("\n"), *count, seen_at));
            *count += 1;
        }
        true
    }
}

fn description(address: SocketAddr) -> String {
    format!("the OTLP receiver on http://{address}")
}

async fn logs(request: HttpRequest, body: Bytes, received: Data<Received>) -> HttpResponse {
    if received.switch.refuses().await {
        // Whoever exports may try again (OTLP 1.0, "Retryable Response Codes").
        return HttpResponse::ServiceUnavailable()
            .insert_header((header::RETRY_AFTER, "1"))
            .finish();
    }
    let Some(body) = decompressed(&request, body) else {
        return HttpResponse::BadRequest()
            .body("the body is not as its Content-Encoding says, or too large");
    };
    let json = is_json(&request);
    let entries = if json {
        parse_otlp_json(&body)
    } else {
        parse_otlp_protobuf(&body)
    };
    let kept = match entries {
        Ok(entries) => received.keep(entries),
        Err(error) => return HttpResponse::BadRequest().body(error.to_string()),
    };
    if kept {
        accepted(json)
    } else {
        HttpResponse::TooManyRequests()
            .insert_header((header::RETRY_AFTER, "1"))
            .finish()
    }
}

async fn others(request: HttpRequest) -> HttpResponse {
    accepted(is_json(&request))
}

/// An export response without a partial success is empty.
fn accepted(json: bool) -> HttpResponse {
    if json {
        HttpResponse::Ok()
            .content_type("application/json")
            .body("{}")
    } else {
        HttpResponse::Ok()
            .content_type("application/x-protobuf")
            .finish()
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

fn decompressed(request: &HttpRequest, body: Bytes) -> Option<Bytes> {
    match request
        .headers()
        .get(header::CONTENT_ENCODING)
        .map(header::HeaderValue::as_bytes)
    {
        None | Some(b"identity") => Some(body),
        Some(b"gzip") => {
            let mut plain = Vec::new();
            let limit = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
            let mut reader = flate2::read::MultiGzDecoder::new(body.as_ref()).take(limit + 1);
            reader.read_to_end(&mut plain).ok()?;
            (plain.len() <= MAX_BODY).then(|| plain.into())
        }
        Some(_) => None,
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The largest body, packed or not, in bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// How many records wait at most.
const MOST_WAITING: usize = 100_000;
