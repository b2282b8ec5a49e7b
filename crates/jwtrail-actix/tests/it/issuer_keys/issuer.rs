//! An issuer that publishes what it is told, and remembers who asked for what.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use jwtrail_forge::{Algorithm, Forge};
use tokio::sync::{Notify, watch};

use crate::monitor_stub::within;

pub(crate) const JWKS: &str = "/jwks";
pub(crate) const OPENID: &str = "/.well-known/openid-configuration";
pub(crate) const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// What is said at one path; 404 where nothing is.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Text(String),
    Status(u16),
    Redirect(String),
    /// The text, as soon as the test says so.
    Held(Arc<Notify>, String),
    Never,
}

#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) address: SocketAddr,
    told: Told,
    handle: ServerHandle,
}

#[derive(Clone)]
struct Told {
    replies: Arc<Mutex<HashMap<String, Reply>>>,
    /// The whole request heads, in order.
    asked: Arc<watch::Sender<Vec<Asked>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) target: String,
    pub(crate) headers: String,
}

impl Issuer {
    pub(crate) fn start() -> Self {
        Self::start_on("127.0.0.1:0".parse().unwrap())
    }

    pub(crate) fn start_on(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let told = Told {
            replies: Arc::default(),
            asked: Arc::new(watch::channel(Vec::new()).0),
        };
        let served = told.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(served.clone()))
                .default_service(web::to(answer))
        })
        .workers(1)
        .shutdown_timeout(0)
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            address,
            told,
            handle,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn says(&self, path: &str, reply: Reply) {
        let mut replies = self.told.replies.lock().unwrap();
        replies.insert(path.to_owned(), reply);
    }

    pub(crate) fn publishes(&self, jwks: String) {
        self.says(JWKS, Reply::Text(jwks));
    }

    /// A discovery document at this path that names the issuer and the keys at `/jwks`.
    pub(crate) fn describes(&self, path: &str, issuer: &str) {
        let document = serde_json::json!({ "issuer": issuer, "jwks_uri": self.url(JWKS) });
        self.says(path, Reply::Text(document.to_string()));
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.told.asked.borrow().clone()
    }

    pub(crate) fn times(&self, path: &str) -> usize {
        let asked = self.told.asked.borrow();
        asked.iter().filter(|asked| asked.target == path).count()
    }

    /// Waits until a path was asked for so many times.
    pub(crate) async fn until(&self, path: &str, times: usize) {
        let mut asked = self.told.asked.subscribe();
        let enough =
            |asked: &Vec<Asked>| asked.iter().filter(|asked| asked.target == path).count() >= times;
        within(asked.wait_for(enough)).await.unwrap();
    }

    pub(crate) async fn stop(&self) {
        self.handle.stop(false).await;
    }
}

/// A set of some of the forge's keys.
pub(crate) fn set_of(forge: &Forge, algorithms: &[Algorithm]) -> String {
    let keys = algorithms.iter().map(|a| forge.public_jwk(*a).unwrap());
    format!("{{\"keys\":[{}]}}", keys.collect::<Vec<_>>().join(","))
}

async fn answer(request: HttpRequest, told: web::Data<Told>) -> HttpResponse {
    let path = request.path().to_owned();
    let asked = Asked {
        target: request.uri().to_string(),
        headers: format!("{:?}", request.headers()),
    };
    let reply = told.replies.lock().unwrap().get(&path).cloned();
    told.asked.send_modify(|all| all.push(asked));
    match reply {
        None => HttpResponse::NotFound().finish(),
        Some(Reply::Text(text)) => HttpResponse::Ok().body(text),
        Some(Reply::Status(status)) => HttpResponse::build(status.try_into().unwrap()).finish(),
        Some(Reply::Redirect(to)) => HttpResponse::Found()
            .insert_header(("location", to))
            .finish(),
        Some(Reply::Held(release, text)) => {
            release.notified().await;
            HttpResponse::Ok().body(text)
        }
        Some(Reply::Never) => std::future::pending().await,
    }
}
