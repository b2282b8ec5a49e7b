use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::core::Core;

/// Tells the dashboards once a second that something has changed, if something has. What the
/// monitor writes about itself is no news, or each look at the dashboard would cause the next.
pub(super) async fn tick(core: Arc<Core>, mut stopped: watch::Receiver<bool>) {
    let mut told = core.rollups.foreign_position();
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = seconds.tick() => {}
            // An error means that the monitor is gone: time to end as well.
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let position = core.rollups.foreign_position();
        if position > told {
            told = position;
            core.hub.send("tick", &now(&core));
        }
    }
}

/// What a tick says.
pub(super) fn now(core: &Core) -> Value {
    json!({ "time": core.clock.now(), "position": core.rollups.foreign_position() })
}
