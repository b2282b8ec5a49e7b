//! Sinks that are away, or slow, while a service is under load.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use jwtrail_actix::{MonitorSink, OtlpSink};
use jwtrail_event::SecretToken;

use crate::capture::seen;
use crate::client::Call;
use crate::collector_stub::{Collected, CollectorStub, Log};
use crate::monitor_stub::{CREDENTIAL, MonitorStub, Told};
use crate::server::{Service, Setup, many_failures};

#[actix_web::test]
async fn receivers_that_were_away_under_load_lack_nothing_and_have_nothing_twice() {
    let spools = tempfile::tempdir().unwrap();
    let (told, collected) = (Told::default(), Collected::default());
    let (monitor, collector) = (MonitorStub::start(&told), CollectorStub::start(&collected));
    let (monitor_at, collector_at) = (monitor.address, collector.address);
    let (monitor_url, collector_url) = (monitor.url(), collector.url());
    let folder = spools.path().to_owned();
    let service = Service::start(&Setup {
        workers: 2,
        limits: Some(many_failures()),
        trail: Arc::new(move |trail| {
            let credential = SecretToken::new(CREDENTIAL.to_owned());
            let monitor = MonitorSink::new(&monitor_url, credential, folder.join("monitor"));
            let collector = OtlpSink::http(&collector_url, folder.join("collector"));
            trail.monitor(monitor).otlp(collector)
        }),
        ..Setup::default()
    });
    let (good, bad) = (
        service.forge.token().sign(),
        service.forge.token().signed_by_stranger().sign(),
    );
    load(&service, &good, &bad, "before").await;
    monitor.kill().await;
    collector.kill().await;
    load(&service, &good, &bad, "away").await;
    let monitor = MonitorStub::start_on(&told, monitor_at);
    let collector = CollectorStub::start_on(&collected, collector_at);
    load(&service, &good, &bad, "after").await;
    told.lines(|lines| String::from_utf8_lossy(lines).contains("\"after-"))
        .await;
    collected.correlation("after-0-0").await;
    let recorded = service.finish().await.sent(&[good, bad]);
    let records = recorded.complies(3 * CLIENTS * REQUESTS);
    let last = records.last().unwrap().seq;
    assert_eq!(records.last().unwrap().counts.unwrap().dropped, 0);
    monitor.kill().await;
    collector.kill().await;

    let whole: BTreeSet<u64> = (0..=last).collect();
    let lines = seen(&told.lines.borrow());
    let mut known = BTreeSet::new();
    let in_order: Vec<u64> = lines
        .iter()
        .filter(|line| known.insert(line.line.clone()))
        .map(|line| line.seq)
        .collect();
    assert_eq!(in_order.len(), whole.len());
    assert_eq!(in_order.into_iter().collect::<BTreeSet<_>>(), whole);
    let at_the_collector: Vec<u64> = collected.once().iter().map(Log::seq).collect();
    assert_eq!(at_the_collector.len(), whole.len());
    let at_the_collector: BTreeSet<_> = at_the_collector.into_iter().collect();
    assert_eq!(at_the_collector, whole);
}

#[actix_web::test]
async fn an_answer_waits_for_the_spool_and_not_for_the_collector() {
    let spools = tempfile::tempdir().unwrap();
    // Takes connections, and says nothing.
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", deaf.local_addr().unwrap());
    let folder = spools.path().to_owned();
    let service = Service::start(&Setup {
        trail: Arc::new(move |trail| trail.otlp(OtlpSink::http(&url, &folder)).sync().required()),
        ..Setup::default()
    });
    let token = service.forge.token().sign();
    for number in 0..20 {
        let id = format!("answered-{number}");
        let call = Call::get("/orders/7").bearer(&token).id(&id);
        assert_eq!(call.send(service.address).await.status(), 200);
        let spooled = std::fs::read_to_string(spools.path().join("000000000000.ndjson"));
        assert!(spooled.unwrap().contains(&id));
    }
    service.finish().await.sent(&[token]).complies(20);
}

#[actix_web::test]
async fn a_collector_that_takes_its_time_delays_no_answer_and_gets_everything() {
    let spools = tempfile::tempdir().unwrap();
    let collected = Collected::slow();
    let collector = CollectorStub::start(&collected);
    let (url, folder) = (collector.url(), spools.path().to_owned());
    let service = Service::start(&Setup {
        limits: Some(many_failures()),
        trail: Arc::new(move |trail| trail.otlp(OtlpSink::http(&url, &folder)).required()),
        ..Setup::default()
    });
    let (good, bad) = (
        service.forge.token().sign(),
        service.forge.token().signed_by_stranger().sign(),
    );
    load(&service, &good, &bad, "slow").await;
    assert!(collected.once().is_empty());
    collected.hurry();
    load(&service, &good, &bad, "quick").await;
    collected.correlation("quick-0-0").await;
    let recorded = service.finish().await.sent(&[good, bad]);
    let records = recorded.complies(2 * CLIENTS * REQUESTS);
    collector.kill().await;
    let seqs: BTreeSet<u64> = collected.once().iter().map(Log::seq).collect();
    assert_eq!(seqs, (0..=records.last().unwrap().seq).collect());
    assert_eq!(records.last().unwrap().counts.unwrap().dropped, 0);
}

async fn load(service: &Service, good: &SecretToken, bad: &SecretToken, phase: &str) {
    let clients = (0..CLIENTS).map(|client| async move {
        for number in 0..REQUESTS {
            let call = Call::get("/orders/7").id(&format!("{phase}-{client}-{number}"));
            let (call, status) = match number % 2 {
                0 => (call.bearer(good), 200),
                _ => (call.bearer(bad), 401),
            };
            assert_eq!(call.send(service.address).await.status(), status);
        }
    });
    join_all(clients).await;
}

const CLIENTS: usize = 8;
const REQUESTS: usize = 40;
