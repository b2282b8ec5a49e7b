/// Declares an enum whose members each have one wire name, the same in the event, the metric
/// label, the scanner's expectation and the documentation's heading.
macro_rules! closed_set {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $($(#[doc = $variant_doc:literal])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(clippy::exhaustive_enums, reason = "the set is closed: a new member is a schema change")]
        pub enum $name {
            $($(#[doc = $variant_doc])* #[doc = concat!("\n\nOn the wire: `", $text, "`.")] $variant,)+
        }

        impl $name {
            /// Every member, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The member's name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownName::new(stringify!($name), text)),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::closed_set::FromName::<Self>::new())
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "description": $crate::closed_set::prose(concat!($($doc, "\n"),*)),
                    "type": "string",
                    "oneOf": [$({
                        "const": $text,
                        "description": $crate::closed_set::prose(concat!($($variant_doc, "\n"),*)),
                    }),+],
                })
            }
        }
    };
}

pub(crate) use closed_set;

/// A doc comment's first paragraph, on one line.
#[cfg(feature = "schema")]
pub(crate) fn prose(doc: &str) -> String {
    let lines = doc.lines().map(str::trim);
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}

/// Reads a member of a closed set by its wire name without allocating.
pub(crate) struct FromName<T>(std::marker::PhantomData<T>);

impl<T> FromName<T> {
    pub(crate) const fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<T> serde::de::Visitor<'_> for FromName<T>
where
    T: std::str::FromStr<Err = UnknownName>,
{
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name of the schema")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A name that is not in its closed set.
///
/// ```
/// use jwtrail_event::Reason;
/// let error = "tired".parse::<Reason>().unwrap_err();
/// assert_eq!(error.to_string(), "`tired` is not a known Reason");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a known {set}")]
pub struct UnknownName {
    /// The set that was asked.
    pub set: &'static str,
    /// The name, cut to 64 characters, control characters replaced.
    pub name: String,
}

impl UnknownName {
    pub(crate) fn new(set: &'static str, name: &str) -> Self {
        let name = name
            .chars()
            .take(64)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c });
        Self {
            set,
            name: name.collect(),
        }
    }
}
