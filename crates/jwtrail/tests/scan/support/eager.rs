use std::sync::{Arc, Mutex};

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::SystemClock;
use jwtrail_event::{Clock as _, Reason};
use jwtrail_forge::Forge;
use jwtrail_verify::{KeySet, Seed, Verifier};

use super::Server;

/// A service that fetches its key set whenever a token names a key that it does not know.
pub(crate) struct Eager {
    pub(crate) url: String,
    server: Server,
}

struct Keys {
    address: String,
    issuer: String,
    audience: String,
    verifier: Mutex<Option<Arc<Verifier>>>,
}

impl Eager {
    /// Takes tokens of the forge's issuer, and its keys from an address.
    pub(crate) fn start(forge: &Forge, address: &str) -> Self {
        let keys = Data::new(Keys {
            address: address.to_owned(),
            issuer: forge.issuer().to_owned(),
            audience: forge.audience().to_owned(),
            verifier: Mutex::new(None),
        });
        let server = Server::start(move |config| {
            let orders = web::get().to(answer);
            config.app_data(keys.clone()).route("/orders", orders);
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

async fn answer(request: HttpRequest, keys: Data<Keys>) -> HttpResponse {
    let header = request.headers().get("authorization");
    let text = header.and_then(|value| value.to_str().ok());
    let Some(token) = text.and_then(|text| text.strip_prefix("Bearer ")) else {
        return refused();
    };
    let known = keys.verifier.lock().unwrap().clone();
    let outcome = known.map(|verifier| verifier.verify(token, SystemClock.now()));
    let unknown = match outcome {
        Some(Ok(_)) => return HttpResponse::Ok().json(["an order"]),
        Some(Err(rejection)) => rejection.reason() == Reason::UnknownKey,
        None => true,
    };
    if !unknown {
        return refused();
    }
    match keys.fetched().await {
        Some(verifier) if verifier.verify(token, SystemClock.now()).is_ok() => {
            HttpResponse::Ok().json(["an order"])
        }
        _ => refused(),
    }
}

impl Keys {
    async fn fetched(&self) -> Option<Arc<Verifier>> {
        let answer = reqwest::get(&self.address).await.ok()?;
        let keys = KeySet::from_jwks(answer.bytes().await.ok()?).ok()?;
        let builder = Verifier::builder().issuer(&self.issuer, keys);
        let verifier = builder
            .audience(&self.audience)
            .build(Seed::new([7; 32]))
            .ok()?;
        let verifier = Arc::new(verifier);
        *self.verifier.lock().unwrap() = Some(Arc::clone(&verifier));
        Some(verifier)
    }
}

fn refused() -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header(("www-authenticate", "Bearer error=\"invalid_token\""))
        .finish()
}
