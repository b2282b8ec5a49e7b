use std::fmt;

use aws_lc_rs::hmac;

/// The key of a deployment's fingerprints, with the id that each fingerprint carries.
///
/// Rotation overlaps: while an old key is still known, a token can be looked up under both.
///
/// ```
/// use jwtrail_event::FingerprintKey;
/// # fn main() -> Result<(), jwtrail_event::UnusableFingerprintKey> {
/// let key = FingerprintKey::new("2026", b"an example's key of 32 and more bytes")?;
/// assert!(key.fingerprint("a.b.c").as_str().starts_with("2026:"));
/// # Ok(())
/// # }
/// ```
pub struct FingerprintKey {
    id: String,
    key: hmac::Key,
}

impl FingerprintKey {
    /// The id of a key that was not configured but made at random by the process.
    pub const LOCAL: &'static str = "local";

    /// A key with its id.
    ///
    /// # Errors
    /// When the key has fewer than 32 bytes, or the id is not 1 to 16 of `[a-z0-9-]`.
    pub fn new(id: &str, secret: &[u8]) -> Result<Self, UnusableFingerprintKey> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if id.is_empty() || id.len() > MAX_ID_LENGTH || !id.bytes().all(plain) {
            return Err(UnusableFingerprintKey::Id);
        }
        if secret.len() < MIN_KEY_LENGTH {
            return Err(UnusableFingerprintKey::Short {
                length: secret.len(),
            });
        }
        Ok(Self {
            id: id.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        })
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The fingerprint of a token: HMAC-SHA-256 of the whole of it, cut to 128 bits.
    #[must_use]
    pub fn fingerprint(&self, token: &str) -> Fingerprint {
        let tag = hmac::sign(&self.key, token.as_bytes());
        let mut digits = [0; 32];
        crate::hex::encode(tag.as_ref(), &mut digits);
        // They are ASCII.
        let digits = std::str::from_utf8(&digits).unwrap_or_default();
        let mut text = String::with_capacity(self.id.len() + 1 + digits.len());
        text.push_str(&self.id);
        text.push(':');
        text.push_str(digits);
        Fingerprint(text.into())
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FingerprintKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A token's fingerprint: the key's id, a colon, 128 bits in hexadecimal.
///
/// ```
/// use jwtrail_event::FingerprintKey;
/// let key = FingerprintKey::new("k1", &[7; 32]).unwrap();
/// let fingerprint = key.fingerprint("a.b.c");
/// assert!(fingerprint.as_str().starts_with("k1:"));
/// assert_eq!(fingerprint.as_str().len(), 3 + 32);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(Box<str>);

impl Fingerprint {
    /// The text that stands in `token_fp`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A fingerprint key that was refused.
///
/// ```
/// use jwtrail_event::{FingerprintKey, UnusableFingerprintKey};
/// let short = FingerprintKey::new("2026", b"short").unwrap_err();
/// assert_eq!(short, UnusableFingerprintKey::Short { length: 5 });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableFingerprintKey {
    /// The id is empty, too long, or has other characters than `[a-z0-9-]`.
    #[error("the fingerprint key's id must be 1 to 16 of [a-z0-9-]")]
    Id,
    /// The key is too short.
    #[error("the fingerprint key has {length} bytes, it needs at least 32")]
    Short {
        /// How many bytes it has.
        length: usize,
    },
}

const MIN_KEY_LENGTH: usize = 32;
const MAX_ID_LENGTH: usize = 16;
