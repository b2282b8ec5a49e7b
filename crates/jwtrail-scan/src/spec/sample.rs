//! Values that a schema allows, to call an operation with.

use serde_json::{Map, Value, json};

use super::cursor::Cursor;
use super::documents::Documents;
use super::tree::Node;

/// Makes one value from a schema. Its work is bounded: what is beyond is left out.
pub(super) struct Sampler<'d, 't> {
    documents: &'d Documents<'t>,
    parts: std::cell::Cell<usize>,
}

impl<'d, 't> Sampler<'d, 't> {
    pub(super) const fn new(documents: &'d Documents<'t>) -> Self {
        Self {
            documents,
            parts: std::cell::Cell::new(MAX_PARTS),
        }
    }

    /// What a media type or a parameter holds: its example, else one made from its schema.
    pub(super) fn held(&self, holder: Cursor<'_, 't>) -> Option<Value> {
        self.given(holder)
            .or_else(|| self.of(holder.get("schema")?))
    }

    /// The document's own word.
    pub(super) fn given(&self, holder: Cursor<'_, 't>) -> Option<Value> {
        let plain = |node: &Node<'t>| node.plain(&mut MAX_PARTS.clone());
        for key in ["example", "x-example"] {
            if let Some(example) = holder.node.get(key).and_then(plain) {
                return Some(example);
            }
        }
        if let Some(examples) = holder.get("examples") {
            // A list in a schema, a map elsewhere.
            if let Some(first) = examples.node.list().and_then(|list| list.first()) {
                return plain(first);
            }
            if let Some((_, example)) = examples.entries().next()
                && let Ok(example) = self.documents.follow(example)
                && let Some(value) = example.node.get("value").and_then(plain)
            {
                return Some(value);
            }
        }
        let of = |key: &str| holder.node.get(key);
        let first = |key: &str| of(key)?.list()?.iter().find_map(plain);
        of("default")
            .filter(|node| !matches!(node.value, super::tree::Value::Null))
            .and_then(plain)
            .or_else(|| of("const").and_then(plain))
            .or_else(|| first("enum"))
    }

    /// A value of a schema.
    pub(super) fn of(&self, schema: Cursor<'_, 't>) -> Option<Value> {
        self.value(schema, &mut Vec::new())
    }

    fn value(&self, schema: Cursor<'_, 't>, within: &mut Vec<*const Node<'t>>) -> Option<Value> {
        let schema = self.documents.follow(schema).ok()?;
        let this: *const Node<'t> = schema.node;
        if within.len() >= MAX_DEPTH || within.contains(&this) {
            return None;
        }
        self.parts.set(self.parts.get().checked_sub(1)?);
        if let Some(given) = self.given(schema) {
            return Some(given);
        }
        within.push(this);
        let value = self.made(schema, within);
        within.pop();
        value
    }

    fn made(&self, schema: Cursor<'_, 't>, within: &mut Vec<*const Node<'t>>) -> Option<Value> {
        for key in ["oneOf", "anyOf"] {
            let Some(choices) = schema.get(key) else {
                continue;
            };
            for choice in choices.items() {
                if let Some(value) = self.value(choice, within).filter(|v| !v.is_null()) {
                    return Some(value);
                }
            }
        }
        let mut object = Map::new();
        let mut other = None;
        if let Some(all) = schema.get("allOf") {
            for part in all.items() {
                match self.value(part, within) {
                    Some(Value::Object(more)) => object.extend(more),
                    Some(value) => other = Some(value),
                    None => {}
                }
            }
        }
        let implied = schema.node.get("properties").map(|_| "object");
        let implied = implied.or_else(|| schema.node.get("items").map(|_| "array"));
        match kind(schema.node).or(implied) {
            Some("object") => {
                self.properties(schema, &mut object, within);
                Some(Value::Object(object))
            }
            _ if !object.is_empty() => Some(Value::Object(object)),
            Some("array") => {
                let item = schema
                    .get("items")
                    .and_then(|item| self.value(item, within));
                Some(Value::Array(item.into_iter().collect()))
            }
            Some("integer") => Some(json!(number(schema.node, 1.0).round() as i64)),
            Some("number") => Some(json!(number(schema.node, 1.5))),
            Some("boolean") => Some(Value::Bool(true)),
            Some("null") => Some(Value::Null),
            Some("string") => Some(Value::String(string(schema.node))),
            _ => other,
        }
    }

    /// What must be there; where nothing must, everything that a client may write.
    fn properties(
        &self,
        schema: Cursor<'_, 't>,
        object: &mut Map<String, Value>,
        within: &mut Vec<*const Node<'t>>,
    ) {
        let required = schema.node.get("required").and_then(Node::list);
        let required: Vec<&str> = required
            .unwrap_or_default()
            .iter()
            .filter_map(Node::text)
            .collect();
        let Some(properties) = schema.get("properties") else {
            return;
        };
        for (name, property) in properties.entries() {
            let read_only = property.node.get("readOnly").and_then(Node::bool) == Some(true);
            let wanted = required.contains(&name) || (required.is_empty() && !read_only);
            if wanted && let Some(value) = self.value(property, within) {
                object.insert(name.to_owned(), value);
            }
        }
    }
}

/// The type that a schema names; of several the first that is something.
pub(super) fn kind<'n>(schema: &'n Node<'_>) -> Option<&'n str> {
    let named = schema.get("type")?;
    named.text().or_else(|| {
        let kinds = named.list()?.iter().filter_map(Node::text);
        kinds.reduce(|first, next| if first == "null" { next } else { first })
    })
}

/// A value as it stands in a path, a query or a header.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        Value::Object(_) => value.to_string(),
    }
}

fn number(schema: &Node<'_>, usual: f64) -> f64 {
    let bound = |key: &str| schema.get(key).and_then(Node::number);
    let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|least| least + 1.0));
    let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|most| most - 1.0));
    match (least, most) {
        (Some(least), _) if usual < least => least,
        (_, Some(most)) if usual > most => most,
        _ => usual,
    }
}

fn string(schema: &Node<'_>) -> String {
    let text = match schema
        .get("format")
        .and_then(Node::text)
        .unwrap_or_default()
    {
        "uuid" | "guid" => "00000000-0000-4000-8000-000000000001",
        "date" => "2030-01-01",
        "date-time" => "2030-01-01T00:00:00Z",
        "time" => "00:00:00Z",
        "email" => "someone@example.com",
        "hostname" => "example.com",
        "ipv4" | "ip" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "url" | "uri-reference" => "https://example.com/",
        "byte" => "ZXhhbXBsZQ==",
        _ => "example",
    };
    let length = |key: &str| schema.get(key).and_then(Node::number);
    let least = length("minLength").unwrap_or(0.0).clamp(0.0, MAX_TEXT) as usize;
    let most = length("maxLength").unwrap_or(MAX_TEXT).clamp(0.0, MAX_TEXT) as usize;
    let filled = text.chars().chain(std::iter::repeat('a'));
    filled.take(text.len().max(least).min(most)).collect()
}

/// How deep a value may nest.
const MAX_DEPTH: usize = 12;

/// How many parts one value may be made of.
const MAX_PARTS: usize = 2000;

const MAX_TEXT: f64 = 1000.0;
