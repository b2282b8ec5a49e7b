use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::MonitorError;

/// Random bytes from the system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], MonitorError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| MonitorError::NoRandomness)?;
    Ok(bytes)
}

/// 256 random bits as text that can stand in a URL.
pub(crate) fn text() -> Result<String, MonitorError> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}
