use std::sync::Arc;
use std::time::Duration;

use jwtrail_actix::verify::{Algorithm, Key, KeySet};
use jwtrail_actix::{JwtAuth, Trail};
use jwtrail_event::FingerprintKey;
use jwtrail_session::{Sessions, SigningKey};

use crate::MonitorError;
use crate::core::Core;
use crate::http::COOKIE;
use crate::keys::Keys;
use crate::producers::OWN_SERVICE;
use crate::sign_in::SESSION_LIFETIME;

/// What mints the tokens of the API.
pub(crate) fn sessions(keys: &Keys) -> Result<Arc<Sessions>, MonitorError> {
    let key = SigningKey::hs256(&keys.signing)?;
    let sessions = Sessions::builder(key, KEY_ID)
        .issuer(OWN_SERVICE)
        .audience(OWN_SERVICE)
        .refresh_key(keys.refresh)
        .access_lifetime(SESSION_LIFETIME)
        .build()?;
    Ok(Arc::new(sessions))
}

/// What verifies them, from the header or the cookie, and records each decision.
pub(crate) fn protection(core: &Core, keys: &Keys, trail: &Trail) -> Result<JwtAuth, MonitorError> {
    let key = Key::hmac(Algorithm::Hs256, keys.signing, Some(KEY_ID))?;
    let fingerprints = FingerprintKey::new(KEY_ID, &keys.fingerprint)?;
    let auth = JwtAuth::builder()
        .issuer(OWN_SERVICE, KeySet::new(vec![key])?)
        .audience(OWN_SERVICE)
        .fingerprint_key(fingerprints)
        .audit(trail)
        .sessions(Arc::clone(core.sign_in.sessions()))
        .cookie(COOKIE)
        .deadline(DEADLINE)
        .build()?;
    Ok(auth)
}

const KEY_ID: &str = "monitor";
const DEADLINE: Duration = Duration::from_secs(30);
