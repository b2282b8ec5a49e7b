//! An issuer's introspection endpoint that answers as it is told.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;
use tokio::sync::watch;

#[derive(Clone)]
pub(crate) struct IssuerStub {
    pub(crate) address: SocketAddr,
    told: Told,
}

#[derive(Clone)]
struct Told {
    answer: Arc<Mutex<Answering>>,
    /// What was asked: the Authorization header, the target, and the form.
    asked: Arc<watch::Sender<Vec<Asked>>>,
    open: Arc<watch::Sender<bool>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) authorization: String,
    pub(crate) target: String,
    pub(crate) form: String,
}

#[derive(Clone)]
struct Answering {
    status: u16,
    body: String,
}

impl IssuerStub {
    pub(crate) fn start() -> Self {
        let told = Told {
            answer: Arc::new(Mutex::new(Answering {
                status: 200,
                body: String::new(),
            })),
            asked: Arc::new(watch::channel(Vec::new()).0),
            open: Arc::new(watch::channel(true).0),
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let data = web::Data::new(told.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/introspect", web::post().to(introspect))
        })
        .workers(1)
        .shutdown_timeout(0)
        .listen(listener)
        .unwrap()
        .run();
        actix_web::rt::spawn(server);
        Self { address, told }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/introspect", self.address)
    }

    pub(crate) fn answers(&self, body: &Value) {
        self.answers_with(200, &body.to_string());
    }

    pub(crate) fn answers_with(&self, status: u16, body: &str) {
        *self.told.answer.lock().unwrap() = Answering {
            status,
            body: body.to_owned(),
        };
    }

    /// Lets the endpoint wait before each answer, or not any more.
    pub(crate) fn holds(&self, hold: bool) {
        self.told.open.send_replace(!hold);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.told.asked.borrow().clone()
    }

    pub(crate) async fn was_asked(&self, times: usize) {
        let mut asked = self.told.asked.subscribe();
        let arrived = asked.wait_for(|asked| asked.len() >= times);
        crate::monitor_stub::within(arrived).await.unwrap();
    }
}

async fn introspect(request: HttpRequest, form: String, told: web::Data<Told>) -> HttpResponse {
    let authorization = request.headers().get("authorization").unwrap();
    told.asked.send_modify(|asked| {
        asked.push(Asked {
            authorization: authorization.to_str().unwrap().to_owned(),
            target: request.uri().to_string(),
            form,
        });
    });
    told.open.subscribe().wait_for(|open| *open).await.unwrap();
    let answer = told.answer.lock().unwrap().clone();
    let status = actix_web::http::StatusCode::from_u16(answer.status).unwrap();
    HttpResponse::build(status)
        .content_type("application/json")
        .body(answer.body)
}
