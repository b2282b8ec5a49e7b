use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::error::ApiError;
use super::ticker;
use crate::core::Core;
use crate::hub::frame;

/// What happens, as it happens.
pub(super) async fn handle(core: Data<Core>) -> Result<HttpResponse, ApiError> {
    let core = Arc::clone(&core);
    let Some((frames, place)) = core.hub.watch() else {
        return Err(ApiError::TooMany("too many dashboards are watching", 5));
    };
    let watcher = Watcher {
        stopped: core.stopped.subscribe(),
        first: Some(frame("tick", &ticker::now(&core))),
        frames,
        ends: Instant::now() + LONGEST,
        core,
        _place: place,
    };
    let frames = stream::unfold(watcher, |mut watcher| async {
        let frame = watcher.next().await?;
        Some((Ok::<_, Infallible>(frame), watcher))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("x-accel-buffering", "no"))
        .streaming(frames))
}

struct Watcher {
    core: Arc<Core>,
    first: Option<Bytes>,
    frames: Receiver<Bytes>,
    stopped: watch::Receiver<bool>,
    ends: Instant,
    _place: OwnedSemaphorePermit,
}

impl Watcher {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        tokio::select! {
            frame = timeout(KEEP_ALIVE, self.frames.recv()) => match frame {
                Ok(Ok(frame)) => Some(frame),
                // It was too slow and has missed some: let it look at everything again.
                Ok(Err(RecvError::Lagged(_))) => Some(frame_now(&self.core)),
                Ok(Err(RecvError::Closed)) => None,
                Err(_) => Some(Bytes::from_static(b": still here\n\n")),
            },
            _ = self.stopped.wait_for(|stopped| *stopped) => None,
            // The browser comes again by itself, and has to show its token again.
            () = sleep_until(self.ends) => None,
        }
    }
}

fn frame_now(core: &Core) -> Bytes {
    frame("tick", &ticker::now(core))
}

const KEEP_ALIVE: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(15 * 60);
