use jwtrail_event::{CorrelationSource, SecretToken};

use crate::client::Call;
use crate::server::{Service, Setup, find};

#[actix_web::test]
async fn headers_that_try_to_break_the_record() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let mut answers = Vec::new();
    for (id, name, value) in [
        ("utf8", "user-agent", b"a\xff\xfe\xc3\x28".to_vec()),
        ("tab", "user-agent", b"a\tb".to_vec()),
        (
            "json",
            "origin",
            b"\",\"outcome\":\"success\",\"x\":\"".to_vec(),
        ),
        ("long", "user-agent", vec![b'x'; 20_000]),
    ] {
        let call = Call::get("/orders/7")
            .bearer(&token)
            .id(id)
            .header(name, value);
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), 200, "{id}");
        answers.push(answer);
    }
    let recorded = service.finish().await.sent(&[token]).answered(&answers);
    let records = recorded.complies(4);
    assert_eq!(
        find(&records, "long")
            .user_agent
            .as_ref()
            .unwrap()
            .as_str()
            .len(),
        512
    );
    assert!(
        find(&records, "utf8")
            .user_agent
            .as_ref()
            .unwrap()
            .as_str()
            .contains('\u{fffd}')
    );
}

/// As by a client that mistook one header for another.
#[actix_web::test]
async fn a_token_in_another_header_is_not_recorded() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let refresh = SecretToken::new("jwtrail_rt_AAAAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let mut answers = Vec::new();
    for (id, name, value) in [
        ("agent", "user-agent", format!("Bearer {}", token.expose())),
        ("origin", "origin", format!("https://{}", token.expose())),
        ("refresh", "user-agent", format!("a_b{}", refresh.expose())),
        (
            "harmless",
            "user-agent",
            "Jakarta_Client/1.0 (a_J)".to_owned(),
        ),
    ] {
        let call = Call::get("/orders/7").bearer(&token).id(id);
        let answer = call.header(name, value).send(service.address).await;
        assert_eq!(answer.status(), 200, "{id}");
        answers.push(answer);
    }
    let recorded = service.finish().await;
    let recorded = recorded.sent(&[token, refresh]).answered(&answers);
    let records = recorded.complies(4);
    let agent = |id| find(&records, id).user_agent.as_ref().unwrap().as_str();
    assert_eq!(agent("agent"), "Bearer ");
    assert_eq!(agent("refresh"), "a_b");
    assert_eq!(agent("harmless"), "Jakarta_Client/1.0 (a_J)");
    let origin = find(&records, "origin").origin.as_ref().unwrap();
    assert_eq!(origin.as_str(), "https://");
}

/// What actix's parser refuses never reaches a middleware, and must do no harm.
#[actix_web::test]
async fn headers_that_the_parser_refuses_leave_the_service_well() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    for value in [b"a\rb".to_vec(), b"a\0b".to_vec(), vec![b'x'; 1_000_000]] {
        let call = Call::get("/orders/7")
            .bearer(&token)
            .header("user-agent", value);
        let mut stream = tokio::net::TcpStream::connect(service.address)
            .await
            .unwrap();
        // The server may hang up before it has read everything.
        call.write_to(&mut stream).await.ok();
        let answer = crate::client::Answer::read(&mut stream).await;
        assert!(answer.raw.is_empty() || answer.status() >= 400);
    }
    let call = Call::get("/orders/7").bearer(&token).id("well");
    assert_eq!(call.send(service.address).await.status(), 200);
    let recorded = service.finish().await.sent(&[token]);
    recorded.complies(1);
}

#[actix_web::test]
async fn ids_that_are_no_ids_are_made_anew() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let as_id = service.forge.token().id("ab").sign();
    let refused: Vec<Vec<u8>> = vec![
        as_id.expose().as_bytes().to_vec(),
        b"jwtrail_rt_AAAAAAAAAAAAAAAAAAAAAAAA".to_vec(),
        b"a b".to_vec(),
        vec![b'x'; 129],
        b"\xff".to_vec(),
    ];
    let mut answers = Vec::new();
    for id in &refused {
        let call = Call::get("/orders/7")
            .bearer(&token)
            .header("x-request-id", id);
        let answer = call.send(service.address).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.header("x-request-id").unwrap().len(), 32);
        answers.push(answer);
    }
    let recorded = service
        .finish()
        .await
        .sent(&[token, as_id])
        .answered(&answers);
    let records = recorded.complies(refused.len());
    let decisions = records.iter().filter(|record| record.route.is_some());
    for record in decisions {
        assert_eq!(record.correlation_source, CorrelationSource::Generated);
    }
}

#[actix_web::test]
async fn neither_the_path_nor_the_query_is_recorded() {
    let service = Service::start(&Setup::default());
    let token = service.forge.token().sign();
    let secret = SecretToken::new("invitation-8d1f6c5e".to_owned());
    for target in [
        "/orders/invitation-8d1f6c5e",
        "/nowhere/invitation-8d1f6c5e?x=invitation-8d1f6c5e",
    ] {
        let call = Call::get(target).bearer(&token);
        call.send(service.address).await;
    }
    let recorded = service.finish().await.sent(&[token, secret]);
    let records = recorded.complies(2);
    let routes: Vec<_> = records
        .iter()
        .filter_map(|r| r.route.as_ref().map(|t| t.as_str()))
        .collect();
    assert_eq!(routes, ["/orders/{id}", "(unmatched)"]);
}
