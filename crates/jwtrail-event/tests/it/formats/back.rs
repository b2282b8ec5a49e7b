//! Taking a rendering apart, leaf by leaf.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What a rendering holds, by path. Lists are leaves, but for those of objects.
pub(super) struct Leaves(BTreeMap<String, Value>);

impl Leaves {
    pub(super) fn of(rendering: Map<String, Value>) -> Self {
        let mut leaves = BTreeMap::new();
        for (name, value) in rendering {
            flatten(name, value, &mut leaves);
        }
        Self(leaves)
    }

    pub(super) fn take(&mut self, path: &str) -> Option<Value> {
        self.0.remove(path)
    }

    /// Takes what is there under a prefix.
    pub(super) fn take_below(&mut self, prefix: &str) -> Vec<(String, Value)> {
        let below: Vec<String> = self
            .0
            .keys()
            .filter(|p| p.starts_with(prefix))
            .cloned()
            .collect();
        let take = |path: String| {
            let value = self.0.remove(&path)?;
            Some((path.strip_prefix(prefix)?.to_owned(), value))
        };
        below.into_iter().filter_map(take).collect()
    }

    /// Takes what has to be there.
    pub(super) fn expect(&mut self, path: &str, value: impl Into<Value>) {
        assert_eq!(self.take(path), Some(value.into()), "{path}");
    }

    /// Nothing may be left that nobody asked for.
    pub(super) fn done(self) {
        assert_eq!(self.0, BTreeMap::new());
    }
}

fn flatten(path: String, value: Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        // One field of ours.
        Value::Object(object) if !path.ends_with(".counts") => {
            for (name, value) in object {
                flatten(format!("{path}.{name}"), value, leaves);
            }
        }
        Value::Array(list) if list.first().is_some_and(Value::is_object) => {
            assert_eq!(list.len(), 1, "{path}");
            for value in list {
                flatten(format!("{path}[]"), value, leaves);
            }
        }
        leaf => {
            leaves.insert(path, leaf);
        }
    }
}

/// How many names stand in an object, in all its objects together.
pub(super) fn names(object: &Map<String, Value>) -> usize {
    object.values().map(|value| 1 + inside(value)).sum()
}

fn inside(value: &Value) -> usize {
    match value {
        Value::Object(object) => names(object),
        Value::Array(list) => list.iter().map(inside).sum(),
        _ => 0,
    }
}
