use std::sync::Arc;

use jwtrail_demo::{DemoOptions, Progress, until};
use tokio::sync::Notify;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_on_until_it_is_told_to_stop() {
    let alerted = Arc::new(Notify::new());
    let listener = Arc::clone(&alerted);
    let options = DemoOptions::new().progress(move |progress| {
        if matches!(progress, Progress::AttackAlerted { .. }) {
            listener.notify_one();
        }
    });
    let summary = until(options, alerted.notified()).await.unwrap();
    assert!(summary.attacks >= 1 && summary.requests > 0, "{summary:?}");
}
