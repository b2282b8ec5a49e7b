use std::sync::{Arc, Mutex};

use jwtrail_demo::{DemoOptions, Progress, once};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_attack_is_seen_and_nothing_else_and_no_request_is_lost() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let options = DemoOptions::new()
        .visits(20)
        .progress(move |progress| listener.lock().unwrap().push(progress.clone()));
    let report = once(options).await.unwrap();
    assert!(report.passed(), "{report}");
    assert_eq!(report.attacks.len(), 7);
    let refusal = report.seconds_to_refusal.unwrap();
    assert!(refusal < 1.0, "{refusal}");
    // 18 people with 20 visits and a logout each, and the attacks.
    assert!(report.requests > 18 * 21, "{report}");

    let told = told.lock().unwrap();
    let alerted = told
        .iter()
        .filter(|one| matches!(one, Progress::AttackAlerted { .. }));
    assert_eq!(alerted.count(), 7, "{told:?}");
}
