//! A document as a tree whose nodes know where they stand.

mod json;
mod lines;
mod map;
mod scalar;
mod yaml;

use std::borrow::Cow;

use serde_json::Number;

pub(super) use json::json;
pub(super) use lines::Lines;
pub(super) use map::Map;
pub(super) use yaml::yaml;

/// A value and where its key, or else itself, begins.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) at: At,
    pub(super) value: Value<'a>,
}

#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Map<'a>),
}

/// A position, in the way that the parser tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// Bytes from the document's beginning.
    Offset(u32),
    /// A line and a column in characters, both from 1.
    Mark(u32, u32),
}

/// A tree, and what was noticed while it was built.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) root: Node<'a>,
    pub(super) remarks: Vec<Remark>,
}

/// Something odd in the text itself.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    pub(super) at: At,
    pub(super) text: String,
}

/// Why a text is no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) what: String,
}

impl<'a> Node<'a> {
    pub(super) const fn null(at: At) -> Self {
        Self {
            at,
            value: Value::Null,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.map().and_then(|map| map.get(key))
    }

    pub(super) const fn map(&self) -> Option<&Map<'a>> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) const fn bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match &self.value {
            Value::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// A text, a number or a truth value, as it is written.
    pub(super) fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone().into_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The value without its places, if it has no more than so many parts.
    pub(super) fn plain(&self, parts: &mut usize) -> Option<serde_json::Value> {
        use serde_json::Value as Plain;
        *parts = parts.checked_sub(1)?;
        Some(match &self.value {
            Value::Null => Plain::Null,
            Value::Bool(value) => Plain::Bool(*value),
            Value::Number(number) => Plain::Number(number.clone()),
            Value::Text(text) => Plain::String(text.clone().into_owned()),
            Value::List(items) => Plain::Array(
                items
                    .iter()
                    .map(|item| item.plain(parts))
                    .collect::<Option<_>>()?,
            ),
            Value::Map(map) => Plain::Object(
                map.iter()
                    .map(|(key, value)| Some((key.to_owned(), value.plain(parts)?)))
                    .collect::<Option<_>>()?,
            ),
        })
    }

    /// What a person calls it.
    pub(super) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// How deep a document may nest; what is deeper is left out and remarked on. The deepest of the
/// public documents nests less than half as deep.
const MAX_DEPTH: usize = 200;

/// How many nodes a document may have, aliases counted as often as they are used.
const MAX_NODES: usize = 8_000_000;

/// How many remarks are kept of one document.
const MAX_REMARKS: usize = 100;
