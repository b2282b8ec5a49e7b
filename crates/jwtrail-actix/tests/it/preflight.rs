//! What a browser asks before a request across origins.

use jwtrail_actix::JwtAuthBuilder;
use jwtrail_event::{EventName, Kind, Reason};

use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn a_preflight_passes_without_a_token_and_leaves_no_record() {
    let service = Service::start(&passing());
    let mut answers = Vec::new();
    for target in ["/any", "/any-token"] {
        answers.push(preflight(target).send(service.address).await);
    }
    assert_eq!(answers[0].status(), 204);
    // The handler demands a token; a preflight has none.
    assert_eq!(answers[1].status(), 401);
    let challenge = answers[1].header("www-authenticate");
    assert_eq!(challenge.as_deref(), Some("Bearer realm=\"orders\""));
    let recorded = service.finish().await.answered(&answers);
    let records = recorded.complies(0);
    assert!(records.iter().all(|record| record.kind == Kind::System));
}

#[actix_web::test]
async fn any_other_options_is_protected_as_usual() {
    let service = Service::start(&passing());
    let stranger = service.forge.token().signed_by_stranger().sign();
    let good = service.forge.token().sign();
    let asks = ("access-control-request-method", "POST");
    let origin = ("origin", "https://shop.example");
    let mut answers = Vec::new();
    for (id, headers, status) in [
        ("bare", &[][..], 401),
        ("no-method", &[origin][..], 401),
        ("no-origin", &[asks][..], 401),
    ] {
        let mut call = Call::options("/any").id(id);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), status, "{id}");
        answers.push(answer);
    }
    // A browser's preflight carries no credentials: this is none.
    let bad = preflight("/any").bearer(&stranger).id("bad");
    answers.push(bad.send(service.address).await);
    assert_eq!(answers[3].status(), 401);
    let with_token = preflight("/any").bearer(&good).id("good");
    answers.push(with_token.send(service.address).await);
    assert_eq!(answers[4].status(), 204);
    let get = Call::get("/any").id("get").header(asks.0, asks.1);
    let get = get.header(origin.0, origin.1).send(service.address).await;
    assert_eq!(get.status(), 401);

    let recorded = service
        .finish()
        .await
        .answered(&answers)
        .sent(&[stranger, good]);
    let records = recorded.complies(6);
    let reason = find(&records, "bad").reason;
    assert_eq!(reason, Some(Reason::BadSignature));
    assert_eq!(find(&records, "good").event, EventName::TokenAccepted);
    for id in ["bare", "no-method", "no-origin", "get"] {
        assert_eq!(find(&records, id).reason, Some(Reason::Missing), "{id}");
    }
}

#[actix_web::test]
async fn a_preflight_is_refused_unless_the_service_lets_them_pass() {
    let service = Service::start(&Setup::default());
    let answer = preflight("/any").id("refused").send(service.address).await;
    assert_eq!(answer.status(), 401);
    let recorded = service.finish().await.answered(&[answer]);
    let records = recorded.complies(1);
    assert_eq!(find(&records, "refused").event, EventName::TokenMissing);
}

fn preflight(target: &str) -> Call {
    Call::options(target)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
}

fn passing() -> Setup {
    Setup {
        options: JwtAuthBuilder::pass_preflights,
        ..Setup::default()
    }
}
