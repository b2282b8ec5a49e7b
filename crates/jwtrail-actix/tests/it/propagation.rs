//! One request's ids over two services, a spawned task and the application's own log lines.

use std::net::TcpListener;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use jwtrail_actix::{Correlated as _, Correlation, JwtAuthBuilder, correlate};
use jwtrail_event::{CorrelationSource, EventName, Record, SecretToken};

use crate::client::Call;
use crate::logs::logs;
use crate::server::{Service, Setup};

/// Whom the first service calls, and with what.
#[derive(Clone)]
struct Callee {
    url: String,
    token: SecretToken,
}

#[actix_web::test]
async fn two_services_and_a_task_share_one_trace() {
    let seen = calls_through("shared", |auth| {
        auth.internal_networks(["127.0.0.0/8".parse().unwrap()])
    })
    .await;
    let [caller, by_task, by_handler] = &seen;
    for called in [by_task, by_handler] {
        assert_eq!(called.trace, caller.trace);
        assert_eq!(called.linked, None);
        assert_ne!(called.span, caller.span);
    }
    let logged = String::from_utf8(logs().bytes()).unwrap();
    for said in ["shared: the handler", "shared: the task", "shared: deep"] {
        let line = logged.lines().find(|line| line.contains(said)).unwrap();
        assert!(line.contains("correlation_id=\"shared\""), "{line}");
        assert!(
            line.contains(&format!("trace_id={}", caller.trace)),
            "{line}"
        );
        assert!(line.contains(&format!("span_id={}", caller.span)), "{line}");
    }
}

#[actix_web::test]
async fn a_service_that_does_not_trust_its_caller_begins_a_trace_and_links_the_other() {
    let seen = calls_through("linked", |auth| auth).await;
    let [caller, by_task, by_handler] = &seen;
    for called in [by_task, by_handler] {
        assert_ne!(called.trace, caller.trace);
        assert_eq!(called.linked.as_ref(), Some(&caller.trace));
    }
}

#[actix_web::test]
async fn outside_of_a_request_there_are_no_ids() {
    assert_eq!(Correlation::current(), None);
}

/// What a decision says of where it belongs.
struct Seen {
    trace: String,
    span: String,
    linked: Option<String>,
}

impl Seen {
    fn of(record: &Record<'_>) -> Self {
        Self {
            trace: record.trace_id.to_string(),
            span: record.span_id.to_string(),
            linked: record.linked_trace_id.map(|id| id.to_string()),
        }
    }
}

/// The decisions of the first service, and of the second about the call of a task and that of
/// the handler.
async fn calls_through(id: &str, second: fn(JwtAuthBuilder) -> JwtAuthBuilder) -> [Seen; 3] {
    let callee = Service::start(&Setup {
        options: second,
        ..Setup::default()
    });
    let caller = Service::start(&Setup::default());
    let token = caller.forge.token().sign();
    let to = Callee {
        url: format!("http://{}/orders/7", callee.address),
        token: token.clone(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let auth = caller.auth.clone();
    let server = HttpServer::new(move || {
        let relay = web::resource("/relay")
            .wrap(from_fn(correlate))
            .wrap(auth.clone())
            .to(relay);
        App::new()
            .app_data(web::Data::new(to.clone()))
            .service(relay)
    });
    let server = server.workers(1).listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let answer = Call::get("/relay")
        .bearer(&token)
        .id(id)
        .send(address)
        .await;
    assert_eq!(answer.status(), 200);
    handle.stop(true).await;
    let (first, second) = (caller.finish().await, callee.finish().await);
    let (first, second) = (first.complies(1), second.complies(2));
    let of = |records: &[Record<'_>]| -> Vec<Seen> {
        let mine = |record: &&Record<'_>| {
            record.event == EventName::TokenAccepted && record.correlation_id.as_str() == id
        };
        let mine = records.iter().filter(mine);
        mine.inspect(|r| assert_eq!(r.correlation_source, CorrelationSource::Incoming))
            .map(Seen::of)
            .collect()
    };
    let seen: Vec<Seen> = of(&first).into_iter().chain(of(&second)).collect();
    seen.try_into().ok().expect("each leaves one decision")
}

async fn relay(ids: Correlation, to: web::Data<Callee>) -> HttpResponse {
    tracing::info!("{}: the handler", ids.id());
    let by_task = {
        let to = to.clone();
        ids.spawn(async move {
            let ids = Correlation::current().unwrap();
            tracing::info!("{}: the task", ids.id());
            let call = reqwest::Client::new().get(&to.url);
            let call = call.bearer_auth(to.token.expose());
            call.correlated(&ids).send().await.unwrap().status()
        })
    };
    assert_eq!(by_task.await.unwrap().as_u16(), 200);
    deep(&to).await
}

/// It has no request at hand.
async fn deep(to: &Callee) -> HttpResponse {
    let ids = Correlation::current().unwrap();
    tracing::info!("{}: deep", ids.id());
    let call = awc::Client::new()
        .get(&to.url)
        .bearer_auth(to.token.expose());
    let answer = call.correlated(&ids).send().await.unwrap();
    HttpResponse::build(actix_web::http::StatusCode::from_u16(answer.status().as_u16()).unwrap())
        .finish()
}
