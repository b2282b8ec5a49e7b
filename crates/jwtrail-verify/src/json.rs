use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads a JSON object in which no member, at any depth, stands twice.
///
/// Two readers can disagree on which of two members counts; so neither does.
pub(crate) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Strict(Value::Object(members))) => Some(members),
        _ => None,
    }
}

/// A string member, if it is there and is one.
pub(crate) fn text(members: &Map<String, Value>, name: &str) -> Option<Box<str>> {
    members.get(name).and_then(Value::as_str).map(Box::from)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == PRECISE_NUMBER {
                if !numbers_come_as_text() {
                    return Err(A::Error::custom("a reserved member"));
                }
                let digits: String = map.next_value()?;
                let number: Number = digits.parse().map_err(A::Error::custom)?;
                return match number.as_f64() {
                    Some(value) if value.is_finite() => Ok(Value::Number(number)),
                    _ => Err(A::Error::custom("a number that is not finite")),
                };
            }
            let Strict(value) = map.next_value()?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a duplicate member"));
            }
        }
        Ok(Value::Object(members))
    }
}

/// Whether `arbitrary_precision` is on: only then does a number too large for `f64` have a form.
/// Without it a member of that name was sent to pass an object for a number.
fn numbers_come_as_text() -> bool {
    "1e999".parse::<Number>().is_ok()
}

/// When any crate of the application turns on the feature `arbitrary_precision` of serde_json,
/// each number comes as a map with this one member.
const PRECISE_NUMBER: &str = "$serde_json::private::Number";

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn reads_every_kind_of_value() {
        let text = br#"{"a":null,"b":true,"c":-1,"d":1.5,"e":"x\n","f":[1,{"g":{}}],"h":1}"#;
        let strict = serde_json::Value::Object(object(text).unwrap());
        let plain: serde_json::Value = serde_json::from_slice(text).unwrap();
        assert_eq!(strict, plain);
    }

    #[test]
    fn refuses_duplicates_at_every_depth_and_in_every_spelling() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[[{"b":1,"b":2}]]}"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            assert!(object(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn an_object_is_no_number() {
        let text = r#"{"exp":{"$serde_json::private::Number":"1800000000"}}"#;
        assert!(object(text.as_bytes()).is_none());
    }

    #[test]
    fn refuses_what_is_no_object_and_what_nests_too_deep() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        let number = r#"{"a":{"$serde_json::private::Number":"1","b":2}}"#;
        for text in ["", "[]", "1", "{} {}", "\u{feff}{}", number, &deep] {
            assert!(object(text.as_bytes()).is_none(), "{text}");
        }
    }
}
