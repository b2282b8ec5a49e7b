//! The key set that the scanner serves, and how often the service fetches it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use jwtrail_event::SecretToken;
use jwtrail_forge::PublicKey;
use serde_json::{Value, json};

use crate::token::Said;

/// An address where a service under test fetches its keys: every `GET` there is answered with
/// the key set, and counted.
pub(crate) struct KeyServer {
    address: SocketAddr,
    served: Arc<Served>,
    server: ServerHandle,
}

struct Served {
    set: String,
    fetches: AtomicU32,
}

impl KeyServer {
    pub(crate) fn start(address: SocketAddr, set: String) -> io::Result<Self> {
        let served = Arc::new(Served {
            set,
            fetches: AtomicU32::new(0),
        });
        let data = Data::from(Arc::clone(&served));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .default_service(web::get().to(key_set))
        })
        .workers(1)
        .disable_signals()
        .bind(address)?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self {
            address,
            served,
            server: handle,
        })
    }

    /// How often the set was fetched so far.
    pub(crate) fn fetches(&self) -> u32 {
        self.served.fetches.load(Ordering::Relaxed)
    }

    /// What the service's configuration has to say.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/jwks.json", self.address)
    }

    pub(crate) async fn stop(self) {
        self.server.stop(false).await;
    }
}

/// The set of these keys, under the name and for the algorithm that the token says (RFC 7517
/// section 5); none where no key is of a kind that has a public half.
pub(crate) fn set(keys: &[PublicKey], token: &SecretToken) -> Option<String> {
    let said = Said::read(token);
    let keys: Vec<Value> = keys
        .iter()
        .filter_map(|key| {
            let mut jwk = key.to_jwk()?;
            let members = jwk.as_object_mut()?;
            members.insert("use".to_owned(), "sig".into());
            members.insert("alg".to_owned(), said.alg.as_str().into());
            if let Some(id) = &said.kid {
                members.insert("kid".to_owned(), id.as_str().into());
            }
            Some(jwk)
        })
        .collect();
    (!keys.is_empty()).then(|| json!({ "keys": keys }).to_string())
}

async fn key_set(served: Data<Served>) -> HttpResponse {
    served.fetches.fetch_add(1, Ordering::Relaxed);
    HttpResponse::Ok()
        .content_type("application/json")
        // So that no fetch of a schedule falls into the time in which they are counted.
        .insert_header((header::CACHE_CONTROL, "max-age=3600"))
        .body(served.set.clone())
}
