use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::SystemClock;
use jwtrail_demo::{DemoOptions, ExternalMonitor, once};
use jwtrail_monitor::{Monitor, MonitorConfig};
use tokio::task::spawn_blocking;

/// A run that can't fail proves nothing: here a rule is missing, and another one takes honest
/// requests for an attack.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attack_that_goes_unseen_and_a_false_alarm_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    write_rules(&rules);
    let mut config = MonitorConfig::new(([127, 0, 0, 1], 0).into(), folder.path().join("monitor"));
    config.rules = Some(rules);
    let monitor = spawn_blocking(move || Monitor::start(config, Arc::new(SystemClock)));
    let monitor = monitor.await.unwrap().unwrap();
    let external = ExternalMonitor::new(
        monitor.url(),
        monitor
            .producer_credential("orders-api", &["orders-api"])
            .unwrap(),
        monitor.access_token().unwrap(),
    );

    let options = DemoOptions::new()
        .monitor(external)
        .visits(4)
        .patience(Duration::from_secs(10));
    let report = once(options).await.unwrap();
    monitor.stop().await;

    assert!(!report.passed(), "{report}");
    let unseen = report.attacks.iter().filter(|attack| !attack.alerted);
    let unseen: Vec<&[String]> = unseen.map(|attack| &*attack.rules).collect();
    assert_eq!(unseen, [["key-probing"]]);
    assert!(!report.unexpected_alerts.is_empty(), "{report}");
    let false_alarm = |rule: &str| rule == "honest-requests";
    assert!(
        report
            .unexpected_alerts
            .iter()
            .all(|alert| false_alarm(&alert.rule)),
        "{report}"
    );
    assert_eq!(
        report.seconds_to_refusal, None,
        "nobody asked it to respond"
    );
    // Nothing of that is a loss.
    assert_eq!(
        (report.events, report.lost, report.duplicates),
        (report.requests, 0, 0)
    );
}

/// The shipped rules, but the one about keys looks at accepted tokens instead.
fn write_rules(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    for entry in std::fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yml") {
            let rule = std::fs::read_to_string(&path).unwrap();
            let rule = rule
                .replace("name: key-probing", "name: honest-requests")
                .replace(
                    "event: token.rejected\n    reason: unknown_key",
                    "event: token.accepted",
                );
            std::fs::write(folder.join(path.file_name().unwrap()), rule).unwrap();
        }
    }
}
