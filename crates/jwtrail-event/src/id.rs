use std::fmt;
use std::str::FromStr;

/// An event's id, a UUID of version 7 (RFC 9562 section 5.7).
///
/// ```
/// use jwtrail_event::{EventId, Timestamp};
/// let id = EventId::v7(Timestamp::from_seconds(1_800_000_000), &[7; 10]);
/// assert_eq!(id.to_string().parse(), Ok(id));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(uuid::Uuid);

impl EventId {
    /// From the 128 bits of a UUID.
    #[must_use]
    pub const fn from_u128(bits: u128) -> Self {
        Self(uuid::Uuid::from_u128(bits))
    }

    /// A UUID of version 7 out of a time and 10 random bytes.
    #[must_use]
    pub fn v7(time: crate::Timestamp, random: &[u8; 10]) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
    }

    /// The 128 bits.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0.as_u128()
    }

    /// The same text as bytes, in fewer steps.
    pub(crate) fn digits(self) -> [u8; 36] {
        let mut hex = [0; 32];
        crate::hex::encode(self.0.as_bytes(), &mut hex);
        let mut text = [b'-'; 36];
        for (at, from, length) in [(0, 0, 8), (9, 8, 4), (14, 12, 4), (19, 16, 4), (24, 20, 12)] {
            if let (Some(place), Some(digits)) =
                (text.get_mut(at..at + length), hex.get(from..from + length))
            {
                place.copy_from_slice(digits);
            }
        }
        text
    }

    pub(crate) fn encode(self, buffer: &mut [u8; 36]) -> &str {
        self.0.hyphenated().encode_lower(buffer)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.encode(&mut [0; 36]))
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for EventId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        uuid::Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| NotAnId("UUID"))
    }
}

macro_rules! hex_id {
    ($(#[$meta:meta])* $name:ident, $bits:ty, $digits:literal, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($bits);

        impl $name {
            /// From its bits; W3C trace context forbids all zeros, which becomes one.
            #[must_use]
            pub const fn from_bits(bits: $bits) -> Self {
                Self(if bits == 0 { 1 } else { bits })
            }

            /// Its bits.
            #[must_use]
            pub const fn as_bits(self) -> $bits {
                self.0
            }

            /// Its digits, lower-case hexadecimal in ASCII.
            #[must_use]
            pub fn digits(self) -> [u8; $digits] {
                let mut digits = [0; $digits];
                crate::hex::encode(&self.0.to_be_bytes(), &mut digits);
                digits
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:0width$x}", self.0, width = $digits)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.len() != $digits {
                    return Err(NotAnId($what));
                }
                let bits = crate::hex::decode(text.as_bytes()).unwrap_or(0) as $bits;
                if bits == 0 {
                    return Err(NotAnId($what));
                }
                Ok(Self(bits))
            }
        }
    };
}

hex_id! {
    /// A W3C trace id: 32 lower-case hexadecimal digits, not all zero.
    ///
    /// ```
    /// use jwtrail_event::TraceId;
    /// let id: TraceId = "4bf92f3577b34da6a3ce929d0e0e4736".parse().unwrap();
    /// assert_eq!(id.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    /// assert!("00000000000000000000000000000000".parse::<TraceId>().is_err());
    /// ```
    TraceId, u128, 32, "trace id"
}

hex_id! {
    /// A W3C span id: 16 lower-case hexadecimal digits, not all zero.
    SpanId, u64, 16, "span id"
}

/// Text that is not the id it should be.
///
/// ```
/// use jwtrail_event::SpanId;
/// let error = "not a span".parse::<SpanId>().unwrap_err();
/// assert_eq!(error.to_string(), "not a span id");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {0}")]
pub struct NotAnId(&'static str);

macro_rules! id_serde {
    ($($name:ident: $pattern:literal),+) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdVisitor(std::marker::PhantomData))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )+};
}

id_serde!(
    EventId: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    TraceId: "^[0-9a-f]{32}$",
    SpanId: "^[0-9a-f]{16}$"
);

struct IdVisitor<T>(std::marker::PhantomData<T>);

impl<T: FromStr<Err = NotAnId>> serde::de::Visitor<'_> for IdVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::EventId;

    proptest::proptest! {
        #[test]
        fn both_ways_to_write_an_id_agree(bits: u128) {
            let id = EventId::from_u128(bits);
            let mut buffer = [0; 36];
            proptest::prop_assert_eq!(id.encode(&mut buffer).as_bytes(), id.digits());
        }
    }
}
