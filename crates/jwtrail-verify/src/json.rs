//! JSON that is read once and strictly, with texts that stay where they are unless they have
//! escapes.

mod value;

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

pub(crate) use value::{Members, Value};

/// Reads a JSON object in which no member, at any depth, stands twice.
///
/// Two readers can disagree on which of two members counts; so neither does.
pub(crate) fn object(bytes: &[u8]) -> Option<Members<'_>> {
    object_in(std::str::from_utf8(bytes).ok()?)
}

/// The same of what was seen to be text: its strings need not be looked at one by one.
pub(crate) fn object_in(text: &str) -> Option<Members<'_>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = json.deserialize_any(StrictVisitor { room: ROOM });
    json.end().ok()?;
    match read {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor { room: 0 })
    }
}

struct StrictVisitor {
    /// For how many members there is room from the start. Only the outermost object has it: of
    /// those within there can be thousands.
    room: usize,
}

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value<'de>, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let mut members = Members::with_room(self.room);
        while let Some(Name(name)) = map.next_key()? {
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
            members.push(name, map.next_value()?);
        }
        match members.has_duplicates() {
            true => Err(A::Error::custom("a duplicate member")),
            false => Ok(Value::Object(members)),
        }
    }
}

struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor).map(Name)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// Whether `arbitrary_precision` is on: only then does a number too large for `f64` have a form.
/// Without it a member of that name was sent to pass an object for a number.
fn numbers_come_as_text() -> bool {
    "1e999".parse::<Number>().is_ok()
}

/// As many members as most tokens have claims.
const ROOM: usize = 16;
/// When any crate of the application turns on the feature `arbitrary_precision` of serde_json,
/// each number comes as a map with this one member.
const PRECISE_NUMBER: &str = "$serde_json::private::Number";

#[cfg(test)]
mod tests {
    use super::{Members, Value, object};

    fn plain(value: &Value<'_>) -> serde_json::Value {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => number.clone().into(),
            Value::String(text) => text.as_ref().into(),
            Value::Array(list) => list.iter().map(plain).collect(),
            Value::Object(members) => plain_object(members),
        }
    }

    fn plain_object(members: &Members<'_>) -> serde_json::Value {
        let members = members.iter();
        let members = members.map(|(name, value)| (name.to_owned(), plain(value)));
        serde_json::Value::Object(members.collect())
    }

    #[test]
    fn reads_every_kind_of_value() {
        let text = br#"{"a":null,"b":true,"c":-1,"d":1.5,"e":"x\n","f":[1,{"g":{}}],"h":1}"#;
        let plain: serde_json::Value = serde_json::from_slice(text).unwrap();
        assert_eq!(plain_object(&object(text).unwrap()), plain);
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
    fn refuses_duplicates_among_many() {
        let object_of = |names: &[usize]| {
            let members: Vec<String> = names.iter().map(|name| format!("\"n{name}\":1")).collect();
            format!("{{{}}}", members.join(","))
        };
        for count in [2, 16, 17, 64, 500] {
            let mut names: Vec<usize> = (0..count).collect();
            assert!(object(object_of(&names).as_bytes()).is_some(), "{count}");
            for twin in [0, count / 2, count - 1] {
                names.push(twin);
                assert!(
                    object(object_of(&names).as_bytes()).is_none(),
                    "{count} {twin}"
                );
                names.pop();
            }
        }
    }

    #[test]
    fn texts_stay_where_they_are() {
        let good = br#"{"a":"b","\u0063":"\u0064"}"#;
        let members = object(good).unwrap();
        let place = good.as_ptr_range();
        assert!(place.contains(&members.text("a").unwrap().as_ptr()));
        assert_eq!(members.text("c"), Some("d"));
        let bad = [&good[..good.len() - 1], b",\"e\":\"\xff\"}"].concat();
        assert!(object(&bad).is_none());
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
