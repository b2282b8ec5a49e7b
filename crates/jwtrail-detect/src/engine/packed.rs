//! Forms that are small in a snapshot. The format is not self-describing: no field is left out.

/// A number whose bits are all in use: its bytes, not a variable-length code.
pub(super) mod bits {
    pub(in crate::engine) use postcard::fixint::le::{deserialize, serialize};
}

/// A key in words, in as little room as they take: many keys never have an alert.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct PackedKey(Box<[u8]>);

impl PackedKey {
    pub(super) fn new(key: &crate::Key) -> Self {
        #[expect(clippy::expect_used, reason = "texts always serialize")]
        let packed = postcard::to_allocvec(&Packing(key)).expect("a key serializes");
        Self(packed.into())
    }

    /// An empty one where a forged snapshot has no key.
    pub(super) fn unpack(&self) -> crate::Key {
        postcard::from_bytes(&self.0).map_or_else(|_| crate::Key::default(), |Unpacked(key)| key)
    }
}

#[derive(serde::Serialize)]
struct Packing<'k>(#[serde(with = "key")] &'k crate::Key);

#[derive(serde::Deserialize)]
struct Unpacked(#[serde(with = "key")] crate::Key);

/// A key with a place for each of its fields.
mod key {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::Key;

    pub(super) fn serialize<S: Serializer>(key: &&Key, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = [
            &key.iss,
            &key.jti,
            &key.token_fp,
            &key.sub,
            &key.address,
            &key.origin,
            &key.family,
            &key.client_id,
            &key.service,
            &key.route,
            &key.instance,
            &key.per,
        ];
        (&key.display, fields).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        let (display, fields) = <(String, [Option<String>; 12])>::deserialize(deserializer)?;
        let [
            iss,
            jti,
            token_fp,
            sub,
            address,
            origin,
            family,
            client_id,
            service,
            route,
            instance,
            per,
        ] = fields;
        Ok(Key {
            display,
            iss,
            jti,
            token_fp,
            sub,
            address,
            origin,
            family,
            client_id,
            service,
            route,
            instance,
            per,
        })
    }
}
