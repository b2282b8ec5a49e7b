use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::{MonitorError, private_file, random};

/// The monitor's own keys, made at the first start and kept.
pub(crate) struct Keys {
    /// Signs access tokens.
    pub(crate) signing: [u8; 32],
    /// Refresh tokens; the monitor gives none yet, but sessions want a key.
    pub(crate) refresh: [u8; 32],
    /// What producers' credentials are derived from.
    pub(crate) producers: [u8; 32],
    /// Fingerprints of tokens that come to the monitor itself.
    pub(crate) fingerprint: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Wire {
    signing: String,
    refresh: String,
    producers: String,
    fingerprint: String,
}

impl Keys {
    pub(crate) fn load(path: &Path) -> Result<Self, MonitorError> {
        if let Some(content) = private_file::read(path)? {
            return Self::parse(&content).ok_or_else(|| MonitorError::Damaged {
                path: path.to_owned(),
                problem: "it does not hold four keys of 32 bytes".to_owned(),
            });
        }
        let keys = Self {
            signing: random::bytes()?,
            refresh: random::bytes()?,
            producers: random::bytes()?,
            fingerprint: random::bytes()?,
        };
        private_file::write(path, keys.render().as_bytes())?;
        Ok(keys)
    }

    fn parse(content: &[u8]) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(content).ok()?;
        let key = |text: &str| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok();
        Some(Self {
            signing: key(&wire.signing)?,
            refresh: key(&wire.refresh)?,
            producers: key(&wire.producers)?,
            fingerprint: key(&wire.fingerprint)?,
        })
    }

    fn render(&self) -> String {
        let text = |key: &[u8; 32]| URL_SAFE_NO_PAD.encode(key);
        serde_json::json!({
            "signing": text(&self.signing),
            "refresh": text(&self.refresh),
            "producers": text(&self.producers),
            "fingerprint": text(&self.fingerprint),
        })
        .to_string()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_the_same_and_differ() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.json");
        let first = Keys::load(&path).unwrap();
        let again = Keys::load(&path).unwrap();
        assert_eq!(first.signing, again.signing);
        assert_eq!(first.producers, again.producers);
        assert_ne!(first.signing, first.producers);
        assert_eq!(format!("{first:?}"), "Keys(..)");
    }

    #[test]
    fn a_damaged_file_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.json");
        private_file::write(&path, b"{}").unwrap();
        let error = Keys::load(&path).unwrap_err();
        assert!(matches!(error, MonitorError::Damaged { .. }), "{error:?}");
        assert_eq!(std::fs::read(&path).unwrap(), b"{}");
    }
}
