use std::fmt;
use std::sync::Arc;

use crate::algorithm::AlgorithmSet;
use crate::json::Value;
use crate::{Algorithm, Key, KeyError, jwk};

/// The keys of one issuer. Cheap to clone.
///
/// ```
/// use jwtrail_verify::{Algorithm, Key, KeySet};
/// let old = Key::hmac(Algorithm::Hs256, [7; 32], Some("2025"))?;
/// let new = Key::hmac(Algorithm::Hs256, [8; 32], Some("2026"))?;
/// assert_eq!(KeySet::new(vec![old, new])?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Arc<[Key]>,
    skipped: Arc<[SkippedKey]>,
    algorithms: AlgorithmSet,
}

impl KeySet {
    /// The longest document that is read, in bytes.
    pub const MAX_BYTES: usize = 512 * 1024;
    /// The most keys that a set has.
    pub const MAX_KEYS: usize = 100;

    /// Keys from the configuration.
    ///
    /// # Errors
    /// When there is none, when there are more than 100, or when two have the same `kid` (or
    /// none) and algorithm, so that it would not be certain which one is meant.
    pub fn new(keys: Vec<Key>) -> Result<Self, KeySetError> {
        if keys.is_empty() {
            return Err(KeySetError::NoUsableKey { skipped: vec![] });
        }
        if keys.len() > Self::MAX_KEYS {
            return Err(KeySetError::TooManyKeys { count: keys.len() });
        }
        for (index, key) in keys.iter().enumerate() {
            if keys.iter().take(index).any(|other| is_same(key, other)) {
                return Err(KeySetError::Ambiguous {
                    kid: key.kid().map(str::to_owned),
                    algorithm: key.algorithm(),
                });
            }
        }
        Ok(Self::from_parts(keys, vec![]))
    }

    /// An issuer's key set that could not be had yet. Its tokens are refused with
    /// `key_unavailable` until [`Verifier::replace_keys`](crate::Verifier::replace_keys).
    #[must_use]
    pub fn unavailable() -> Self {
        Self::from_parts(vec![], vec![])
    }

    /// The public keys of a JWK set (RFC 7517 section 5), as an issuer publishes it.
    ///
    /// A key that cannot be used is passed over and [noted](Self::skipped): unknown kinds and
    /// purposes, private parts, weak keys, secrets (which have no place in a published set), and
    /// every key that shares its `kid` and algorithm with another.
    ///
    /// # Errors
    /// When the document is too long, is not such a set, has more than 100 keys, or leaves no
    /// key that can be used.
    pub fn from_jwks(json: impl AsRef<[u8]>) -> Result<Self, KeySetError> {
        Self::read(json.as_ref(), Kind::Public)
    }

    /// The HMAC keys of a JWK set that is kept secret, e.g. in a file.
    ///
    /// # Errors
    /// As [`from_jwks`](Self::from_jwks), and when there is a public key in the set: who may
    /// read the one kind should not be able to sign with the other.
    pub fn from_secret_jwks(json: impl AsRef<[u8]>) -> Result<Self, KeySetError> {
        Self::read(json.as_ref(), Kind::Secret)
    }

    /// The keys that were passed over, and why.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// How many keys can be used.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can be used, as in an [`unavailable`](Self::unavailable) set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the other set has the same public keys, in whatever order. Secrets are not
    /// compared.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let has = |key: &Key| other.keys.iter().any(|theirs| key.is_same_as(theirs));
        self.len() == other.len() && self.keys.iter().all(has)
    }

    pub(crate) const fn algorithms(&self) -> AlgorithmSet {
        self.algorithms
    }

    pub(crate) fn has_unfilled_secret(&self) -> bool {
        self.keys.iter().any(Key::is_unfilled)
    }

    /// The one key for this `kid` and algorithm.
    ///
    /// Keys without a `kid` serve any `kid` only where ids are not used at all: as soon as one
    /// key of the algorithm has an id, a token's id must be one of those.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let mut fitting = self.keys.iter().filter(|key| key.algorithm() == algorithm);
        match kid {
            Some("") => None,
            Some(kid) if kid.len() > crate::key::MAX_KID => None,
            Some(_) if fitting.clone().any(|key| key.kid().is_some()) => {
                fitting.find(|key| key.kid() == kid)
            }
            // Of those without an id there is one at most.
            Some(_) => fitting.next(),
            None => {
                let first = fitting.next();
                first.filter(|_| fitting.next().is_none())
            }
        }
    }

    fn read(json: &[u8], wanted: Kind) -> Result<Self, KeySetError> {
        if json.len() > Self::MAX_BYTES {
            return Err(KeySetError::TooLong { length: json.len() });
        }
        let set = crate::json::object(json).ok_or(KeySetError::NotAKeySet)?;
        let Some(Value::Array(list)) = set.get("keys") else {
            return Err(KeySetError::NotAKeySet);
        };
        if list.len() > Self::MAX_KEYS {
            return Err(KeySetError::TooManyKeys { count: list.len() });
        }
        if wanted == Kind::Secret && list.iter().any(|entry| !is_symmetric(entry)) {
            return Err(KeySetError::Mixed);
        }
        let mut found: Vec<_> = list.iter().map(|entry| read_key(entry, wanted)).collect();
        for index in ambiguous(&found) {
            if let Some(slot) = found.get_mut(index) {
                *slot = Err(KeyError::Ambiguous);
            }
        }
        let (mut keys, mut skipped) = (Vec::new(), Vec::new());
        for (index, result) in found.into_iter().enumerate() {
            match result {
                Ok(key) => keys.push(key),
                Err(problem) => skipped.push(SkippedKey { index, problem }),
            }
        }
        if keys.is_empty() {
            return Err(KeySetError::NoUsableKey { skipped });
        }
        Ok(Self::from_parts(keys, skipped))
    }

    fn from_parts(keys: Vec<Key>, skipped: Vec<SkippedKey>) -> Self {
        let algorithms: AlgorithmSet = keys.iter().map(Key::algorithm).collect();
        Self {
            keys: keys.into(),
            skipped: skipped.into(),
            algorithms,
        }
    }
}

/// A key of a JWK set that was passed over.
///
/// ```
/// use jwtrail_verify::KeySet;
///
/// fn problems(keys: &KeySet) -> Vec<String> {
///     let skipped = keys.skipped().iter();
///     skipped.map(|key| format!("key {}: {}", key.index, key.problem)).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("key {index} of the set is not used: {problem}")]
#[non_exhaustive]
pub struct SkippedKey {
    /// Its place in the set, from 0.
    pub index: usize,
    /// Why.
    pub problem: KeyError,
}

/// Why a key set was refused.
///
/// ```
/// use jwtrail_verify::KeySet;
/// assert!(KeySet::from_jwks(b"[]").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// The document is too long.
    #[error("the key set has {length} bytes, the limit is 524288; take old keys out of it")]
    TooLong {
        /// Its bytes.
        length: usize,
    },
    /// The document is no JWK set.
    #[error(
        "the key set is not a JSON object with a list `keys` and no member twice; give the \
         issuer's JWK set (RFC 7517 section 5)"
    )]
    NotAKeySet,
    /// The set has too many keys.
    #[error("the key set has {count} keys, the limit is 100; take old keys out of it")]
    TooManyKeys {
        /// Its keys.
        count: usize,
    },
    /// A secret set has a public key in it.
    #[error("the set mixes secret and public keys; keep the secret ones in a set of their own")]
    Mixed,
    /// Two keys cannot be told apart.
    #[error("two keys for {algorithm} have the same `kid`, or none; give each its own")]
    Ambiguous {
        /// The id, if they have one.
        kid: Option<String>,
        /// Their algorithm.
        algorithm: Algorithm,
    },
    /// Nothing is left.
    #[error(
        "the key set has no key that can be used; give the issuer's public keys for signatures{}",
        reasons(skipped)
    )]
    NoUsableKey {
        /// The keys that were passed over.
        skipped: Vec<SkippedKey>,
    },
}

// The words, with the remedy, since Rust prints this form of what `main` returns.
impl fmt::Debug for KeySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why the first keys were passed over: a set may have a hundred.
fn reasons(skipped: &[SkippedKey]) -> String {
    let told = skipped.iter().take(MOST_REASONS);
    let mut text: String = told.map(|key| format!("; {key}")).collect();
    if let more @ 1.. = skipped.len().saturating_sub(MOST_REASONS) {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

fn read_key(entry: &Value<'_>, wanted: Kind) -> Result<Key, KeyError> {
    let members = entry.as_object().ok_or(KeyError::NotJwk)?;
    if wanted == Kind::Public && is_symmetric(entry) {
        return Err(KeyError::PublishedSymmetric);
    }
    jwk::parse(members)
}

fn is_symmetric(entry: &Value<'_>) -> bool {
    let members = entry.as_object();
    members.and_then(|members| members.text("kty")) == Some("oct")
}

/// The places of the keys that cannot be told from another one.
fn ambiguous(found: &[Result<Key, KeyError>]) -> Vec<usize> {
    let keys = || {
        found
            .iter()
            .enumerate()
            .filter_map(|(index, key)| Some((index, key.as_ref().ok()?)))
    };
    keys()
        .filter(|(index, key)| keys().any(|(other, twin)| other != *index && is_same(key, twin)))
        .map(|(index, _)| index)
        .collect()
}

fn is_same(one: &Key, other: &Key) -> bool {
    one.kid() == other.kid() && one.algorithm() == other.algorithm()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    Secret,
}

/// How many keys that were passed over an error tells of.
const MOST_REASONS: usize = 3;

#[cfg(test)]
mod tests {
    use super::KeySet;

    #[test]
    fn a_set_without_a_usable_key_says_why_of_the_first() {
        let refused = |keys: &str| {
            let set = format!("{{\"keys\":[{keys}]}}");
            format!("{:?}", KeySet::from_jwks(set).unwrap_err())
        };
        assert_eq!(
            refused(""),
            "the key set has no key that can be used; give the issuer's public keys for signatures"
        );
        assert_eq!(
            refused("1,2,3,4,5").split("; ").last(),
            Some("and 2 more"),
            "{}",
            refused("1,2,3,4,5")
        );
        let secret = refused(r#"{"kty":"oct","k":"c2VjcmV0"}"#);
        assert!(
            secret.contains("; key 0 of the set is not used: a symmetric key"),
            "{secret}"
        );
        assert!(!secret.contains("c2VjcmV0"), "{secret}");
    }
}
