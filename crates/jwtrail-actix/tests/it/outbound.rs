use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use jwtrail_actix::{Outbound, OutboundError};

async fn target() -> std::net::SocketAddr {
    let server = HttpServer::new(|| {
        App::new()
            .route("/large", web::get().to(|| async { "x".repeat(2_000) }))
            .route(
                "/redirect",
                web::get().to(|| async {
                    let to = ("location", "https://elsewhere.example/");
                    HttpResponse::Found().insert_header(to).finish()
                }),
            )
            .route(
                "/never",
                web::get().to(|| async { std::future::pending::<HttpResponse>().await }),
            )
    })
    .workers(1)
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    address
}

#[actix_web::test]
async fn answers_have_a_deadline_and_a_cap_and_redirects_are_answers() {
    let address = target().await;
    let of_this_machine = || Outbound::builder().allow_network("127.0.0.0/8".parse().unwrap());
    let outbound = of_this_machine().answer_bytes(1_000).build().unwrap();
    let get = |path: &str| format!("http://{address}{path}");

    let large = outbound.get(&get("/large")).send().await.unwrap_err();
    assert!(matches!(large, OutboundError::TooLarge { limit: 1_000 }));
    let hasty = of_this_machine().deadline(Duration::from_millis(50));
    let hasty = hasty.build().unwrap();
    let never = hasty.get(&get("/never")).send().await.unwrap_err();
    assert!(matches!(never, OutboundError::Deadline), "{never:?}");
    let redirect = outbound.get(&get("/redirect")).send().await.unwrap();
    assert_eq!(redirect.status(), 302);
    assert_eq!(
        redirect.header("location"),
        Some("https://elsewhere.example/")
    );
}

/// A name is judged by the addresses that it has when the client connects.
#[actix_web::test]
async fn a_name_with_a_private_address_is_not_reached() {
    let address = target().await;
    let strict = Outbound::builder().build().unwrap();
    for host in [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
    ] {
        let url = format!("http://{host}:{}/large", address.port());
        let error = strict.get(&url).send().await.unwrap_err();
        assert!(
            matches!(error, OutboundError::PrivateTarget { .. }),
            "{host}: {error:?}"
        );
    }
    let open = Outbound::builder().allow_private_targets().build().unwrap();
    let url = format!("http://localhost:{}/large", address.port());
    assert_eq!(open.get(&url).send().await.unwrap().status(), 200);
}

#[actix_web::test]
async fn errors_do_not_repeat_the_url() {
    let outbound = Outbound::builder().allow_private_targets().build().unwrap();
    let error = outbound
        .get("http://127.0.0.1:1/hook?secret=s3cr3t-of-the-hook")
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, OutboundError::Connect { .. }));
    assert!(!format!("{error:?} {error}").contains("s3cr3t"));
    let error = outbound.get("file:///etc/passwd").send().await.unwrap_err();
    assert!(matches!(error, OutboundError::Url));
}
