use aws_lc_rs::hmac;

use super::UnusablePseudonymKey;
use crate::hex;

/// The key, with its id.
pub(super) struct Key {
    id: String,
    key: hmac::Key,
}

impl Key {
    pub(super) fn new(id: &str, secret: &[u8]) -> Result<Self, UnusablePseudonymKey> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if id.is_empty() || id.len() > MAX_ID_LENGTH || !id.bytes().all(plain) {
            return Err(UnusablePseudonymKey::Id);
        }
        if secret.len() < MIN_KEY_LENGTH {
            return Err(UnusablePseudonymKey::Short {
                length: secret.len(),
            });
        }
        Ok(Self {
            id: id.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// `p:`, the id, a colon and 128 bits of the tag.
    pub(super) fn pseudonym(&self, kind: &[u8], value: &[u8]) -> String {
        let mut digits = [0; 32];
        let tag = self.tag(kind, value);
        hex::encode(tag.as_ref(), &mut digits);
        format!("p:{}:{}", self.id, String::from_utf8_lossy(&digits))
    }

    /// The tag of a value. The kind ends with a zero byte and has none before.
    pub(super) fn tag(&self, kind: &[u8], value: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(kind);
        context.update(value);
        context.sign()
    }
}

const MIN_KEY_LENGTH: usize = 32;
const MAX_ID_LENGTH: usize = 16;
