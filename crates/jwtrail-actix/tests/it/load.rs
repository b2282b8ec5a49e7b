use futures_util::future::join_all;
use jwtrail_event::Kind;

use crate::client::Call;
use crate::server::{Service, Setup, many_failures};

/// 4 workers, 16 clients at once: one record for each request, every number once.
#[actix_web::test]
async fn each_request_leaves_one_record_under_load() {
    let service = Service::start(&Setup {
        workers: 4,
        limits: Some(many_failures()),
        ..Setup::default()
    });
    let good = service.forge.token().sign();
    let bad = service.forge.token().signed_by_stranger().sign();
    let clients = (0..CLIENTS).map(|client| {
        let (good, bad, address) = (good.clone(), bad.clone(), service.address);
        async move {
            for number in 0..REQUESTS {
                let call = Call::get("/orders/7").id(&format!("{client}-{number}"));
                let (call, status) = match number % 3 {
                    0 => (call.bearer(&good), 200),
                    1 => (call.bearer(&bad), 401),
                    _ => (call, 401),
                };
                assert_eq!(call.send(address).await.status(), status);
            }
        }
    });
    join_all(clients).await;
    let recorded = service.finish().await.sent(&[good, bad]);
    let records = recorded.complies(CLIENTS * REQUESTS);
    let mut ids: Vec<&str> = records
        .iter()
        .filter(|record| record.kind == Kind::Decision)
        .map(|record| record.correlation_id.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CLIENTS * REQUESTS);
    let last = records
        .iter()
        .find(|record| record.r#final == Some(true))
        .unwrap();
    assert_eq!(last.seq + 1, records.len() as u64);
    assert_eq!(last.counts.unwrap().dropped, 0);
}

const CLIENTS: usize = 16;
const REQUESTS: usize = 60;
