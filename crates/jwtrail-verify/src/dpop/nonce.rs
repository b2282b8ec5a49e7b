use std::fmt;

use aws_lc_rs::hmac;
use jwtrail_event::Timestamp;

use crate::base64url;

/// Nonces that the server gives its clients (RFC 9449 section 9), without keeping any: each is
/// an HMAC over the number of a period of time.
///
/// The nonce of the running period is in force, and that of the one before. Servers that share
/// the secret accept each other's.
///
/// ```
/// use jwtrail_event::Timestamp;
/// use jwtrail_verify::DpopNonces;
/// let nonces = DpopNonces::new(&[7; 32]); // 32 random bytes
/// let now = Timestamp::from_seconds(1_800_000_000);
/// let nonce = nonces.current(now);
/// assert!(nonces.accepts(&nonce, now.plus_micros(120_000_000)));
/// assert!(!nonces.accepts(&nonce, now.plus_micros(360_000_000)));
/// ```
pub struct DpopNonces {
    key: hmac::Key,
}

impl DpopNonces {
    /// Nonces under a secret of 32 random bytes; a period lasts 120 s.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// The nonce of the running period.
    #[must_use]
    pub fn current(&self, now: Timestamp) -> String {
        self.of(period(now))
    }

    /// Whether a nonce is in force: for 120 s at least, for 240 s at most.
    #[must_use]
    pub fn accepts(&self, nonce: &str, now: Timestamp) -> bool {
        self.is_current(nonce, now) || self.is_of(nonce, period(now) - 1)
    }

    /// Whether it is that of the running period. The client should be given a new one if it is
    /// not.
    #[must_use]
    pub fn is_current(&self, nonce: &str, now: Timestamp) -> bool {
        self.is_of(nonce, period(now))
    }

    fn of(&self, period: i64) -> String {
        base64url::encode(hmac::sign(&self.key, &message(period)).as_ref())
    }

    fn is_of(&self, nonce: &str, period: i64) -> bool {
        // In constant time: nobody shall find a nonce byte by byte.
        base64url::decode(nonce)
            .is_some_and(|tag| hmac::verify(&self.key, &message(period), &tag).is_ok())
    }
}

impl fmt::Debug for DpopNonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DpopNonces(..)")
    }
}

fn period(now: Timestamp) -> i64 {
    now.as_seconds().div_euclid(PERIOD)
}

fn message(period: i64) -> Vec<u8> {
    [PURPOSE, &period.to_be_bytes()].concat()
}

const PURPOSE: &[u8] = b"jwtrail DPoP nonce";
/// In seconds.
const PERIOD: i64 = 120;
