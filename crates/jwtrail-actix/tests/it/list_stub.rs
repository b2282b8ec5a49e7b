//! A monitor that gives a quarantine list as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use jwtrail_event::quarantine::Changes;
use tokio::sync::watch;

use crate::monitor_stub::{CREDENTIAL, within};
use crate::stub_server::StubServer;

/// What is answered to whom: by the version that is asked from, empty for none. Who asks from
/// another version waits until there is an answer.
#[derive(Clone)]
pub(crate) struct Script {
    answers: Arc<watch::Sender<HashMap<String, (u16, String)>>>,
    asked: Arc<watch::Sender<Vec<String>>>,
    /// Questions that are being answered.
    open: Arc<watch::Sender<usize>>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            answers: Arc::new(watch::channel(HashMap::new()).0),
            asked: Arc::new(watch::channel(Vec::new()).0),
            open: Arc::new(watch::channel(0).0),
        }
    }
}

impl Script {
    pub(crate) fn answer(&self, since: &str, changes: &Changes) {
        self.answer_raw(since, 200, &serde_json::to_string(changes).unwrap());
    }

    pub(crate) fn answer_raw(&self, since: &str, status: u16, body: &str) {
        let answer = (status, body.to_owned());
        self.answers.send_modify(|answers| {
            answers.insert(since.to_owned(), answer);
        });
    }

    /// How many times somebody has asked from this version.
    pub(crate) fn count(&self, since: &str) -> usize {
        let asked = self.asked.borrow();
        asked.iter().filter(|one| *one == since).count()
    }

    /// Waits until nobody waits for an answer.
    pub(crate) async fn closed(&self) {
        let mut open = self.open.subscribe();
        within(open.wait_for(|open| *open == 0)).await.unwrap();
    }

    /// Waits until somebody has asked from this version so many times.
    pub(crate) async fn asked(&self, since: &str, times: usize) {
        let mut asked = self.asked.subscribe();
        let often = |asked: &Vec<String>| asked.iter().filter(|one| *one == since).count() >= times;
        within(asked.wait_for(often)).await.unwrap();
    }
}

pub(crate) struct ListStub;

impl ListStub {
    pub(crate) fn start(script: &Script) -> StubServer {
        Self::serve(script, None)
    }

    pub(crate) fn start_on(script: &Script, address: SocketAddr) -> StubServer {
        Self::serve(script, Some(address))
    }

    fn serve(script: &Script, address: Option<SocketAddr>) -> StubServer {
        let data = web::Data::new(script.clone());
        StubServer::start(address, move |config| {
            let config = config.app_data(data.clone());
            config.route("/api/v1/quarantine/list", web::get().to(give));
        })
    }
}

async fn give(request: HttpRequest, script: web::Data<Script>) -> HttpResponse {
    let authorization = request.headers().get("authorization").unwrap();
    assert_eq!(
        authorization.as_bytes(),
        format!("Bearer {CREDENTIAL}").as_bytes()
    );
    let query = web::Query::<HashMap<String, String>>::from_query(request.query_string()).unwrap();
    let since = query.get("since").cloned().unwrap_or_default();
    assert_eq!(since.is_empty(), !query.contains_key("wait"));
    script.open.send_modify(|open| *open += 1);
    let _open = Open(Arc::clone(&script.open));
    script.asked.send_modify(|asked| asked.push(since.clone()));
    let mut answers = script.answers.subscribe();
    let answers = answers.wait_for(|answers| answers.contains_key(&since));
    let (status, body) = answers.await.unwrap()[&since].clone();
    HttpResponse::build(status.try_into().unwrap()).body(body)
}

/// Dropped with the request, also when its client goes away.
struct Open(Arc<watch::Sender<usize>>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}
