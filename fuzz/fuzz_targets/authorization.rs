//! Any value of `Authorization` and `Cookie` at a protected service; `TOKEN` stands for a good
//! token. The events pass a sink that looks for it.
#![no_main]

use std::sync::Arc;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderValue};
use actix_web::rt::SystemRunner;
use actix_web::{App, HttpResponse, test, web};
use jwtrail_actix::{AccessToken, Batch, JwtAuth, Sink, SinkError, Trail};
use jwtrail_event::Record;
use jwtrail_fuzz::{CLAIMS, HEADER, signed, verifier};
use jwtrail_session::{Limits, Quota};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], Option<&[u8]>)| {
    SERVICE.with(|service| service.ask(input.0, input.1));
});

thread_local! {
    // Never dropped: a runtime that ends with its thread finds its own thread-locals gone.
    static SERVICE: &'static Protected = Box::leak(Box::new(Protected::start()));
}

struct Protected {
    system: SystemRunner,
    ask: Box<dyn Fn(&SystemRunner, test::TestRequest) -> u16>,
    good: String,
}

impl Protected {
    fn start() -> Self {
        let good = signed(HEADER.as_bytes(), CLAIMS.as_bytes());
        let system = actix_web::rt::System::new();
        let trail = Trail::builder("fuzzed")
            .clock(Arc::new(Fixed))
            .sink(Box::new(Watch { good: good.clone() }))
            .start()
            .expect("a trail");
        let much = Quota::per_second(1_000_000);
        let limits = Limits::builder()
            .failures_per_address(much)
            .failures_per_token(much)
            .build()
            .expect("limits");
        let auth = JwtAuth::with_verifier(Arc::clone(verifier()), &trail)
            .limits(Arc::new(limits))
            .cookie("at")
            .build()
            .expect("a protection");
        let app = App::new().wrap(auth).route(
            "/",
            web::get().to(async |_: AccessToken| HttpResponse::Ok().finish()),
        );
        let service = system.block_on(test::init_service(app));
        let ask = move |system: &SystemRunner, request: test::TestRequest| {
            system.block_on(status(&service, request))
        };
        Self {
            system,
            ask: Box::new(ask),
            good,
        }
    }

    fn ask(&self, authorization: &[u8], cookie: Option<&[u8]>) {
        let mut request = test::TestRequest::get().uri("/");
        let good = self.good.as_bytes();
        let mut sent = Vec::new();
        for (name, value) in [(AUTHORIZATION, Some(authorization)), (COOKIE, cookie)] {
            let Some(value) = value else { continue };
            let value = replaced(value, good);
            let Ok(header) = HeaderValue::from_bytes(&value) else {
                return;
            };
            sent.push(value);
            request = request.append_header((name, header));
        }
        match (self.ask)(&self.system, request) {
            200 => assert!(sent.iter().any(|value| contains(value, good))),
            400 | 401 => {}
            status => panic!("answered {status}"),
        }
    }
}

async fn status<B>(
    service: &impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    request: test::TestRequest,
) -> u16 {
    match service.call(request.to_request()).await {
        Ok(response) => response.status().as_u16(),
        Err(error) => error.as_response_error().status_code().as_u16(),
    }
}

/// Ends the process over a record that should not be, since the fuzzer only sees its own thread.
struct Watch {
    good: String,
}

impl Sink for Watch {
    fn name(&self) -> &str {
        "watch"
    }

    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        for line in batch.bytes().split_inclusive(|byte| *byte == b'\n') {
            let signature = self.good.rsplit('.').next().unwrap_or_default();
            if Record::read(line).is_err() || contains(line, signature.as_bytes()) {
                eprintln!("a bad record: {}", String::from_utf8_lossy(line));
                std::process::abort();
            }
        }
        Ok(())
    }
}

#[derive(Debug)]
struct Fixed;

impl jwtrail_event::Clock for Fixed {
    fn now(&self) -> jwtrail_event::Timestamp {
        jwtrail_fuzz::now()
    }
}

fn replaced(value: &[u8], good: &[u8]) -> Vec<u8> {
    match value.windows(5).position(|window| window == b"TOKEN") {
        Some(at) => [&value[..at], good, &value[at + 5..]].concat(),
        None => value.to_vec(),
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
