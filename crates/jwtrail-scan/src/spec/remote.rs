//! Other documents that one refers to.

use std::collections::{BTreeSet, VecDeque};

use super::source;
use super::tree::{Node, Value};

/// Finds the documents that a document refers to. Without one, none is looked for.
///
/// It is for whoever implements it to decide which addresses may be asked: a document comes from
/// outside, and a reference in it is a request that its author makes.
pub trait Remote {
    /// The bytes at an address: a URL, or a path if the first document's own address is one.
    ///
    /// # Errors
    ///
    /// Why there are none, for a note.
    fn fetch(&mut self, address: &str) -> Result<Vec<u8>, String>;
}

/// A document that was fetched.
pub(super) struct Fetched {
    pub(super) address: String,
    pub(super) bytes: Vec<u8>,
}

/// Fetches what a document refers to, and what that refers to. Failures are told in words.
pub(super) fn fetch_all(
    base: &str,
    text: &str,
    remote: &mut dyn Remote,
) -> (Vec<Fetched>, Vec<String>) {
    let (mut fetched, mut failures) = (Vec::new(), Vec::new());
    let mut known = BTreeSet::from([base.to_owned()]);
    let mut wanted = VecDeque::new();
    let mut look = |base: &str, text: &str, wanted: &mut VecDeque<String>| {
        let Ok(tree) = source::tree(text) else {
            return; // which is told when it is read
        };
        for reference in references(&tree.root) {
            let address = joined(base, reference);
            if known.insert(address.clone()) {
                wanted.push_back(address);
            }
        }
    };
    look(base, text, &mut wanted);
    while let Some(address) = wanted.pop_front() {
        if fetched.len() >= MAX_DOCUMENTS {
            failures.push(format!(
                "only {MAX_DOCUMENTS} further documents are fetched"
            ));
            break;
        }
        match remote.fetch(&address) {
            Err(why) => failures.push(format!("cannot fetch `{address}`: {why}")),
            Ok(bytes) => {
                if let Ok((text, _)) = source::text(&bytes) {
                    look(&address, &text, &mut wanted);
                }
                fetched.push(Fetched { address, bytes });
            }
        }
    }
    (fetched, failures)
}

/// The addresses of other documents that a document names.
fn references<'n>(root: &'n Node<'_>) -> BTreeSet<&'n str> {
    let mut found = BTreeSet::new();
    let mut nodes = vec![root];
    while let Some(node) = nodes.pop() {
        match &node.value {
            Value::List(items) => nodes.extend(items),
            Value::Map(map) => {
                if let Some(reference) = map.get("$ref").and_then(Node::text) {
                    let address = reference.split('#').next().unwrap_or_default();
                    if !address.is_empty() {
                        found.insert(address);
                    }
                }
                nodes.extend(map.iter().map(|(_, node)| node));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }
    found
}

/// An address as seen from another one (RFC 3986 section 5.2, without its rarer forms).
pub(super) fn joined(base: &str, reference: &str) -> String {
    if reference.contains("://") {
        return reference.to_owned();
    }
    let origin = base.find("://").map_or(0, |scheme| {
        let after = base.get(scheme + 3..).unwrap_or_default();
        after.find('/').map_or(base.len(), |path| scheme + 3 + path)
    });
    let (origin, path) = base.split_at_checked(origin).unwrap_or((base, ""));
    if reference.starts_with('/') {
        return format!("{origin}{reference}");
    }
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let mut parts: Vec<&str> = if directory.is_empty() && !path.starts_with('/') {
        Vec::new()
    } else {
        directory.split('/').collect()
    };
    for part in reference.split('/') {
        match part {
            "." => {}
            // Nothing is above the root.
            ".." if parts.as_slice() == [""] => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    let slash = if origin.is_empty() || path.starts_with('/') {
        ""
    } else {
        "/"
    };
    format!("{origin}{slash}{}", parts.join("/"))
}

const MAX_DOCUMENTS: usize = 200;

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn addresses_are_seen_from_others() {
        for (base, reference, expected) in [
            ("", "b.yml", "b.yml"),
            ("", "./b/c.yml", "b/c.yml"),
            ("a/spec.yml", "b.yml", "a/b.yml"),
            ("a/spec.yml", "../b.yml", "b.yml"),
            ("spec.yml", "../b.yml", "../b.yml"),
            ("/a/b/spec.yml", "../c.yml", "/a/c.yml"),
            ("http://h/a/spec.yml", "b.yml", "http://h/a/b.yml"),
            ("http://h/a/spec.yml", "/b.yml", "http://h/b.yml"),
            ("http://h/a/spec.yml", "../../../b.yml", "http://h/b.yml"),
            ("http://h", "b.yml", "http://h/b.yml"),
            ("a.yml", "https://other/b.yml", "https://other/b.yml"),
        ] {
            assert_eq!(joined(base, reference), expected, "{base} {reference}");
        }
    }
}
