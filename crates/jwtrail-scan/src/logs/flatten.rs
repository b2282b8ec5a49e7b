use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::Fields;

/// The fields of one JSON object, flattened; `None` for anything else.
///
/// Doubled names are kept, in their order: they are evidence.
pub(super) fn object(text: &str) -> Option<Fields> {
    let mut fields = Fields::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = Node {
        fields: &mut fields,
        name: String::new(),
        depth: 0,
    };
    node.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(fields)
}

/// A JSON value on its way into the fields.
struct Node<'f> {
    fields: &'f mut Fields,
    name: String,
    depth: usize,
}

impl Node<'_> {
    fn leaf<E: serde::de::Error>(self, value: impl Into<String>) -> Result<Option<String>, E> {
        if self.depth == 0 {
            return Err(E::custom("not an object"));
        }
        Ok(Some(value.into()))
    }
}

/// Gives a scalar back and adds anything else to the fields: who holds it knows its name.
impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.depth > MAX_DEPTH {
            return deserializer
                .deserialize_ignored_any(IgnoredAny)
                .map(|_| None);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        self.leaf(if value { "true" } else { "false" })
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.leaf(value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.leaf(value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.leaf(value.to_string())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        self.leaf(value)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        if self.depth == 0 {
            return Err(E::custom("not an object"));
        }
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        if self.depth == 0 {
            return Err(A::Error::custom("not an object"));
        }
        // Scalars stand together, as scopes do; objects get their number.
        let mut words: Vec<String> = Vec::new();
        let mut length = 0_usize;
        for number in 0_usize.. {
            let item = Node {
                fields: &mut *self.fields,
                name: format!("{}.{number}", self.name),
                depth: self.depth + 1,
            };
            let Some(word) = items.next_element_seed(item)? else {
                break;
            };
            if let Some(word) = word.filter(|_| length < MAX_JOINED) {
                length += word.len() + 1;
                words.push(word);
            }
        }
        Ok((!words.is_empty()).then(|| words.join(" ")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            let name = match self.name.as_str() {
                "" => key,
                parent => format!("{parent}.{key}"),
            };
            let member = Node {
                fields: &mut *self.fields,
                name: name.clone(),
                depth: self.depth + 1,
            };
            if let Some(value) = members.next_value_seed(member)? {
                self.fields.push(name, value);
            }
        }
        Ok(None)
    }
}

/// Deeper values are passed over.
const MAX_DEPTH: usize = 32;
/// How many bytes of an array's scalars are joined.
const MAX_JOINED: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Option<Vec<(String, String)>> {
        let fields = object(text)?;
        Some(
            fields
                .iter()
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .collect(),
        )
    }

    #[test]
    fn nested_values_get_dotted_names() {
        let fields = object(r#"{"a":{"b":1,"c":{"d":null,"e":true}},"f":[1,"x"],"g":[{"h":2}]}"#);
        let fields = fields.unwrap();
        let expected = [
            ("a.b", "1"),
            ("a.c.e", "true"),
            ("f", "1 x"),
            ("g.0.h", "2"),
        ];
        assert!(fields.iter().eq(expected));
    }

    #[test]
    fn doubled_names_are_kept() {
        let fields = object(r#"{"outcome":"failure","outcome":"success"}"#).unwrap();
        assert_eq!(fields.len(), 2);
        assert_eq!(fields.doubled(), Some("outcome"));
    }

    #[test]
    fn what_is_no_object_is_none() {
        for text in [
            "", "1", "null", "[]", "\"a\"", "{", "{} x", "{\"a\":}", "true",
        ] {
            assert_eq!(flat(text), None, "{text}");
        }
        assert_eq!(flat("{}"), Some(vec![]));
    }

    #[test]
    fn depth_and_count_are_bounded() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(60), "]".repeat(60));
        assert_eq!(flat(&deep), Some(vec![]));
        let bomb = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        // What is passed over is passed over without recursion.
        assert_eq!(flat(&bomb), Some(vec![]));
        let wide: Vec<String> = (0..2_000).map(|n| format!("\"k{n}\":{n}")).collect();
        let wide = object(&format!("{{{}}}", wide.join(",")));
        assert_eq!(wide.unwrap().len(), super::super::entry::MAX_FIELDS);
    }
}
