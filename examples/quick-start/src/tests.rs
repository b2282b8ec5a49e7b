//! What a service's own tests can ask of its trail.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{App, test, web};
use jwtrail_actix::verify::KeySet;
use jwtrail_actix::{JwtAuth, Trail, WriterSink};
use jwtrail_event::{EventName, SecretToken, Timestamp};
use jwtrail_testkit::{
    Algorithm, AuditCompliance, CapturedLines, Defect, Forge, RecordPattern, TestClock,
};

use super::orders;

#[actix_web::test]
async fn a_good_token_is_let_in_and_leaves_its_record() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let service = Protected::new();
        let forge = service.forge.clone().with_algorithm(algorithm);
        let token = forge.token().subject("bob").id("token-1").sign();

        let (status, body) = service.ask(&token, "request-1").await;

        assert_eq!((status, body.as_str()), (StatusCode::OK, "orders of bob\n"));
        let accepted = RecordPattern::of(EventName::TokenAccepted)
            .subject("bob")
            .token_id("token-1")
            .correlation_id("request-1");
        service.captured.assert_recorded(&accepted);
        service.finish(&[token], 1).await;
    }
}

#[actix_web::test]
async fn every_defect_is_refused_for_its_reason() {
    let service = Protected::new();
    // That one is for a route that requires a scope.
    let defects = Defect::ALL.iter().copied();
    let defects: Vec<_> = defects.filter(|d| *d != Defect::OtherScope).collect();
    let mut sent = Vec::new();
    for (number, defect) in defects.into_iter().enumerate() {
        let token = defect.token(&service.forge);
        let request = format!("request-{number}");
        let (status, _) = service.ask(&token, &request).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{defect}");
        let refused = RecordPattern::of(EventName::TokenRejected)
            .because_of(defect)
            .correlation_id(&request);
        service.captured.assert_recorded(&refused);
        sent.push(token);
    }
    service.finish(&sent, sent.len()).await;
}

#[actix_web::test]
async fn a_token_ends_when_its_time_is_over() {
    let service = Protected::new();
    let token = service.forge.token().expires_in(300).sign();
    assert_eq!(service.ask(&token, "before").await.0, StatusCode::OK);

    // The token's life, and the leeway for clocks that differ.
    service.clock.advance_seconds(300 + 60);

    assert_eq!(
        service.ask(&token, "after").await.0,
        StatusCode::UNAUTHORIZED
    );
    let expired = RecordPattern::of(EventName::TokenRejected)
        .because_of(Defect::Expired)
        .correlation_id("after");
    service.captured.assert_recorded(&expired);
    service.finish(&[token], 2).await;
}

/// The service, with the test's issuer, clock and sink.
struct Protected {
    forge: Forge,
    clock: TestClock,
    captured: CapturedLines,
    trail: Trail,
    auth: JwtAuth,
}

impl Protected {
    fn new() -> Self {
        let now = Timestamp::from_seconds(1_800_000_000);
        let (forge, clock) = (Forge::new(now), TestClock::new(now));
        let captured = CapturedLines::new();
        let trail = Trail::builder("orders-api")
            .clock(Arc::new(clock.clone()))
            .sink(Box::new(WriterSink::new("captured", captured.clone())))
            .start()
            .unwrap();
        let auth = JwtAuth::builder()
            .issuer(forge.issuer(), KeySet::from_jwks(forge.jwks()).unwrap())
            .audience(forge.audience())
            .audit(&trail)
            .build()
            .unwrap();
        Self {
            forge,
            clock,
            captured,
            trail,
            auth,
        }
    }

    async fn ask(&self, token: &SecretToken, request: &str) -> (StatusCode, String) {
        let routes = App::new()
            .wrap(self.auth.clone())
            .route("/orders", web::get().to(orders));
        let app = test::init_service(routes).await;
        let bearer = format!("Bearer {}", token.expose());
        let request = test::TestRequest::get()
            .uri("/orders")
            .insert_header(("authorization", bearer))
            .insert_header(("x-request-id", request))
            .to_request();
        let answer = test::call_service(&app, request).await;
        let status = answer.status();
        let body = test::read_body(answer).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// All that was written is as it must be, and no token is in it.
    async fn finish(self, sent: &[SecretToken], requests: usize) {
        self.trail.stop().await;
        AuditCompliance::of(&self.captured.bytes())
            .tokens_sent(sent)
            .decisions(requests)
            .assert();
    }
}
