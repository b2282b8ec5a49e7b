use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jwtrail_actix::SystemClock;
use jwtrail_demo::{DemoOptions, ExternalMonitor, Progress, once};
use jwtrail_monitor::{Monitor, MonitorConfig, RunningMonitor};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_monitor_that_crashes_during_the_traffic_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("monitor");
    let monitor = start(([127, 0, 0, 1], 0).into(), data.clone()).await;
    let address = monitor.address();
    let external = ExternalMonitor::new(
        monitor.url(),
        monitor
            .producer_credential("orders-api", &["orders-api"])
            .unwrap(),
        monitor.access_token().unwrap(),
    );

    let (tell, mut told) = mpsc::unbounded_channel();
    let options = DemoOptions::new()
        .monitor(external)
        .visits(30)
        .progress(move |progress| tell.send(progress.clone()).unwrap());
    let crashes = crash_twice(monitor, address, data, &mut told);
    let (report, (monitor, away, back)) = tokio::join!(once(options), crashes);
    let report = report.unwrap();
    assert!(report.passed(), "{report}");
    assert!(
        away >= 2 && back >= 2,
        "away {away} times, back {back} times"
    );
    // None twice: one alert for each rule of each attack.
    let alerts = alerts(&monitor).await;
    let rules: BTreeSet<&str> = alerts
        .iter()
        .filter_map(|one| one["rule"].as_str())
        .collect();
    assert_eq!((alerts.len(), rules.len()), (8, 8), "{rules:?}");
    monitor.stop().await;
}

async fn alerts(monitor: &RunningMonitor) -> Vec<Value> {
    let token = monitor.access_token().unwrap();
    let request = reqwest::Client::new()
        .get(format!("{}/api/v1/alerts?state=all", monitor.url()))
        .bearer_auth(token.expose());
    let mut body: Value = request.send().await.unwrap().json().await.unwrap();
    match body["alerts"].take() {
        Value::Array(alerts) => alerts,
        other => panic!("{other}"),
    }
}

/// Crashes the monitor in the midst of the traffic, and starts it again when it was missed.
/// Gives it with how often it was missed, and found again.
async fn crash_twice(
    monitor: RunningMonitor,
    address: SocketAddr,
    data: PathBuf,
    told: &mut mpsc::UnboundedReceiver<Progress>,
) -> (RunningMonitor, u32, u32) {
    let mut monitor = Some(monitor);
    let (mut attacks, mut away, mut back) = (0, 0, 0);
    while let Some(progress) = told.recv().await {
        match progress {
            Progress::AttackStarted { .. } => {
                attacks += 1;
                if attacks == 2 || attacks == 5 {
                    let crashing = monitor.take();
                    // Dropping it is a crash.
                    spawn_blocking(move || drop(crashing)).await.unwrap();
                }
            }
            Progress::MonitorAway => {
                away += 1;
                monitor = Some(start(address, data.clone()).await);
            }
            Progress::MonitorBack => back += 1,
            _ => {}
        }
    }
    (monitor.unwrap(), away, back)
}

async fn start(listen: SocketAddr, data: PathBuf) -> RunningMonitor {
    let config = MonitorConfig::new(listen, data);
    let started = spawn_blocking(move || Monitor::start(config, Arc::new(SystemClock)));
    started.await.unwrap().unwrap()
}
