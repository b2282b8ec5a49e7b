//! The key set that the scanner serves: which keys, and until when the service is waited for.

use std::time::Duration;

use jwtrail_forge::SigningKey;
use tokio::time::{Instant, sleep};

use crate::error::ScanError;
use crate::key_server::{self, KeyServer};
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::run::Run;

/// Opens the address where the service fetches its keys, if it does so from us.
pub(super) fn serve(options: &ScanOptions) -> Result<Option<KeyServer>, ScanError> {
    let Some(address) = options.serve_jwks else {
        return Ok(None);
    };
    let signing = options.sign_key.as_ref().and_then(SigningKey::public_key);
    let keys: Vec<_> = signing
        .into_iter()
        .chain(options.public_key.clone())
        .collect();
    let set = key_server::set(&keys, &options.token).ok_or(ScanError::NoKeyToServe)?;
    let server = KeyServer::start(address, set).map_err(super::deaf(address))?;
    Ok(Some(server))
}

/// Calls an operation with the token until the service has fetched the keys and lets it in. It
/// may have to be started first, or wait for its next try.
pub(super) async fn wait_for_service(run: &Run<'_>) {
    let (Some(keys), Some(operation)) = (&run.keys, run.operations.first()) else {
        return;
    };
    let begun = Instant::now();
    let mut fetched = None;
    let mut pause = FIRST_PAUSE;
    while begun.elapsed() < run.options.serve_patience {
        let request = operation.request().bearer(&run.options.token);
        let answer = run.client.send_bad(&request).await;
        if answer.is_ok_and(|answer| !matches!(answer.status, 401 | 403 | 429 | 500..)) {
            return;
        }
        if keys.fetches() > 0 {
            // It has the keys; what it refuses now it refuses for another reason.
            let since = *fetched.get_or_insert_with(Instant::now);
            if since.elapsed() >= AFTER_FETCH {
                return;
            }
        }
        (run.progress)(&Progress::KeysAwaited { url: keys.url() });
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// How long after a fetch the token may still be refused.
const AFTER_FETCH: Duration = Duration::from_secs(3);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
