//! What stands in a segment of a token in the making.

use serde_json::{Map, Value};

#[derive(Clone)]
pub(crate) enum Body {
    Json(Map<String, Value>),
    Raw(Vec<u8>),
}

impl Body {
    pub(crate) fn of(value: Value) -> Self {
        match value {
            Value::Object(members) => Self::Json(members),
            other => Self::Raw(other.to_string().into_bytes()),
        }
    }

    /// Whether it is another value than before.
    pub(crate) fn set(&mut self, name: &str, value: Value) -> bool {
        let Self::Json(members) = self else {
            return false;
        };
        let before = members.insert(name.to_owned(), value);
        before.as_ref() != members.get(name)
    }

    /// Whether it was there.
    pub(crate) fn unset(&mut self, name: &str) -> bool {
        match self {
            Self::Json(members) => members.remove(name).is_some(),
            Self::Raw(_) => false,
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Json(members) => Value::Object(members).to_string().into_bytes(),
            Self::Raw(bytes) => bytes,
        }
    }
}
