//! Forms that are small in a snapshot. The format is not self-describing: no field is left out.

/// A number whose bits are all in use: its bytes, not a variable-length code.
pub(super) mod bits {
    pub(in crate::engine) use postcard::fixint::le::{deserialize, serialize};
}

/// A key with a place for each of its fields.
pub(super) mod key {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::Key;

    pub(in crate::engine) fn serialize<S: Serializer>(
        key: &Option<Box<Key>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let fields = key.as_deref().map(|key| {
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
            (&key.display, fields)
        });
        fields.serialize(serializer)
    }

    pub(in crate::engine) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Box<Key>>, D::Error> {
        type Fields = (String, [Option<String>; 12]);
        let fields = Option::<Fields>::deserialize(deserializer)?;
        Ok(fields.map(|(display, fields)| {
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
            Box::new(Key {
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
        }))
    }
}
