//! JSON, by `serde_json`. It does not tell where a value stands, but a key without escapes is a
//! part of the text, so its address does.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{At, Broken, MAX_DEPTH, MAX_NODES, MAX_REMARKS, Map, Node, Remark, Tree, Value};

/// The tree of a JSON text.
pub(in crate::spec) fn json(text: &str) -> Result<Tree<'_>, Broken> {
    let building = Building {
        base: text.as_ptr() as usize,
        last: Cell::new(0),
        nodes: Cell::new(0),
        remarks: RefCell::new(Vec::new()),
    };
    let seed = NodeSeed {
        building: &building,
        depth: 0,
        at: At::Offset(0),
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // The depth is limited here, where what is too deep is left out and no error.
    deserializer.disable_recursion_limit();
    let root = seed.deserialize(&mut deserializer).map_err(broken)?;
    if deserializer.end().is_err() {
        building.remark(
            At::Offset(building.last.get()),
            "text after the document's end is ignored".to_owned(),
        );
    }
    Ok(Tree {
        root,
        remarks: building.remarks.into_inner(),
    })
}

fn broken(error: serde_json::Error) -> Broken {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    Broken {
        line: number(error.line()),
        column: number(error.column()),
        what: what.to_owned(),
    }
}

struct Building {
    /// The address of the text's first byte.
    base: usize,
    /// The last position that is known.
    last: Cell<u32>,
    nodes: Cell<usize>,
    remarks: RefCell<Vec<Remark>>,
}

impl Building {
    /// Where a part of the text begins; its quotation mark, that is.
    fn position(&self, part: &str) -> At {
        let offset = (part.as_ptr() as usize)
            .checked_sub(self.base)
            .and_then(|offset| u32::try_from(offset.saturating_sub(1)).ok());
        if let Some(offset) = offset {
            self.last.set(offset);
        }
        At::Offset(self.last.get())
    }

    fn remark(&self, at: At, text: String) {
        let mut remarks = self.remarks.borrow_mut();
        if remarks.len() < MAX_REMARKS {
            remarks.push(Remark { at, text });
        }
    }
}

/// Builds the node that stands at a position.
#[derive(Clone, Copy)]
struct NodeSeed<'b> {
    building: &'b Building,
    depth: usize,
    at: At,
}

impl<'b> NodeSeed<'b> {
    const fn below(self, at: At) -> Self {
        Self {
            depth: self.depth + 1,
            at,
            ..self
        }
    }

    fn node<'de, E>(self, value: Value<'de>) -> Result<Node<'de>, E> {
        Ok(Node { at: self.at, value })
    }

    fn number<'de, E>(self, number: impl Into<Number>) -> Result<Node<'de>, E> {
        self.node(Value::Number(number.into()))
    }

    /// Whether the next node has no room in the tree; it is remarked on once for each reason.
    fn too_much(self) -> bool {
        let nodes = self.building.nodes.get();
        self.building.nodes.set(nodes.saturating_add(1));
        if nodes == MAX_NODES {
            let text = format!("only the first {MAX_NODES} values are read");
            self.building.remark(self.at, text);
        }
        if self.depth > MAX_DEPTH {
            let text = format!("what nests deeper than {MAX_DEPTH} levels is not read");
            self.building.remark(self.at, text);
        }
        nodes >= MAX_NODES || self.depth > MAX_DEPTH
    }
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.too_much() {
            // Which `serde_json` skips without recursion.
            deserializer.deserialize_ignored_any(IgnoredAny)?;
            return Ok(Node::null(self.at));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        self.node(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.node(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.number(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.number(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        match Number::from_f64(value) {
            Some(number) => self.number(number),
            None => self.node(Value::Null),
        }
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        self.node(Value::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        self.node(Value::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(mut item) = items.next_element_seed(self.below(self.at))? {
            // An item has no key of its own: it stands where its first one does.
            if let Some((_, first)) = item.map().and_then(|map| map.iter().next()) {
                item.at = first.at;
            } else if let Value::Text(Cow::Borrowed(text)) = item.value {
                item.at = self.building.position(text);
            }
            list.push(item);
        }
        self.node(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, at)) = map.next_key_seed(KeySeed(self.building))? {
            entries.push((key, map.next_value_seed(self.below(at))?));
        }
        let (map, repeated) = Map::new(entries);
        for at in repeated {
            let text = "this key comes again later, which counts";
            self.building.remark(at, text.to_owned());
        }
        self.node(Value::Map(map))
    }
}

struct KeySeed<'b>(&'b Building);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = (Cow<'de, str>, At);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed<'_> {
    type Value = (Cow<'de, str>, At);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        let at = self.0.position(key);
        Ok((Cow::Borrowed(key), at))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        // With an escape in it, it is no part of the text.
        let at = At::Offset(self.0.last.get());
        Ok((Cow::Owned(key.to_owned()), at))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lines;
    use super::*;

    #[test]
    fn keys_and_items_know_where_they_stand() {
        let text = "{\n  \"a\": {\"b\": [ {\"c\": 1}, \"d\" ]},\n  \"e\\u0041\": 2 }";
        let tree = json(text).unwrap();
        let lines = Lines::new(text);
        let a = tree.root.get("a").unwrap();
        let items = a.get("b").unwrap().list().unwrap();
        assert_eq!(lines.of(a.at), (2, 3));
        assert_eq!(lines.of(items[0].at), (2, 17));
        assert_eq!(lines.of(items[1].at), (2, 26));
        assert_eq!(tree.root.get("eA").unwrap().number(), Some(2.0));
    }

    #[test]
    fn what_is_too_deep_is_left_out() {
        let text = format!(
            "{{\"a\": {}, \"b\": 1}}",
            "[".repeat(100_000) + &"]".repeat(100_000)
        );
        let tree = json(&text).unwrap();
        assert_eq!(tree.root.get("b").unwrap().number(), Some(1.0));
        assert_eq!(tree.remarks.len(), 1);
    }

    #[test]
    fn broken_json_says_where() {
        let broken = json("{\n \"a\": }").unwrap_err();
        assert_eq!((broken.line, broken.what.as_str()), (2, "expected value"));
    }

    #[test]
    fn what_follows_the_document_is_remarked_on() {
        assert_eq!(json("{} x").unwrap().remarks.len(), 1);
    }
}
