//! References, and the documents that they lead to.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::tree::{Lines, Node};

/// The document that is read and those that it refers to.
pub(super) struct Documents<'t> {
    pub(super) all: &'t [Document<'t>],
}

pub(super) struct Document<'t> {
    /// Where it was fetched from; the first one is not fetched.
    pub(super) url: String,
    pub(super) root: Node<'t>,
    pub(super) lines: Lines<'t>,
}

impl<'t> Documents<'t> {
    /// Follows a node's references to something that is none.
    ///
    /// # Errors
    ///
    /// What is wrong with the reference, for a note.
    pub(super) fn follow<'p>(&self, from: Cursor<'p, 't>) -> Result<Cursor<'p, 't>, String> {
        let mut at = from;
        for _ in 0..MAX_HOPS {
            let Some(reference) = at.text_at("$ref") else {
                return Ok(at);
            };
            at = self.target(at.document, reference)?;
        }
        let first = from.text_at("$ref").unwrap_or_default();
        Err(format!(
            "the reference `{}` leads in a circle",
            shown(first)
        ))
    }

    /// What a reference in a document points at.
    fn target<'p>(&self, from: usize, reference: &'t str) -> Result<Cursor<'p, 't>, String> {
        let (url, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let document = self.document(from, url).ok_or_else(|| {
            format!(
                "the reference `{}` is remote; it is not followed",
                shown(reference)
            )
        })?;
        let missing = || format!("the reference `{}` leads nowhere", shown(reference));
        let root = &self.all.get(document).ok_or_else(missing)?.root;
        let node = self.walk(document, root, fragment, 0).ok_or_else(missing)?;
        Ok(Cursor::jumped(document, node, fragment))
    }

    fn document(&self, from: usize, url: &str) -> Option<usize> {
        if url.is_empty() {
            return Some(from);
        }
        let base = self.all.get(from).map(|document| document.url.as_str());
        let url = super::remote::joined(base.unwrap_or_default(), url);
        self.all.iter().position(|document| document.url == url)
    }

    /// The node at a pointer. One that goes through a reference is followed there, as people
    /// write it though the specification knows no such thing.
    fn walk(
        &self,
        document: usize,
        root: &'t Node<'t>,
        pointer: &str,
        hops: usize,
    ) -> Option<&'t Node<'t>> {
        let mut node = root;
        let parts = pointer.strip_prefix('/');
        if parts.is_none() && !pointer.is_empty() {
            return None; // an anchor
        }
        for part in parts.into_iter().flat_map(|parts| parts.split('/')) {
            let key = unescaped(part);
            if child(node, &key).is_none()
                && let Some(reference) = node.get("$ref").and_then(Node::text)
                && hops < MAX_HOPS
            {
                let (url, fragment) = reference.split_once('#')?;
                let next = self.document(document, url)?;
                node = self.walk(next, &self.all.get(next)?.root, fragment, hops + 1)?;
            }
            node = child(node, &key)?;
        }
        Some(node)
    }
}

fn child<'t>(node: &'t Node<'t>, key: &str) -> Option<&'t Node<'t>> {
    match node.list() {
        Some(items) => items.get(key.parse::<usize>().ok()?),
        None => node.get(key),
    }
}

/// A part of a pointer in a URL: percent signs, then tildes (RFC 6901 section 6).
fn unescaped(part: &str) -> Cow<'_, str> {
    if !part.contains(['%', '~']) {
        return Cow::Borrowed(part);
    }
    let part = percent_decoded(part);
    Cow::Owned(part.replace("~1", "/").replace("~0", "~"))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        rest = match after {
            [high, low, beyond @ ..] if *first == b'%' => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                    beyond
                }
                _ => {
                    bytes.push(*first);
                    after
                }
            },
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// As much of a document's own text as a note repeats.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(MAX_SHOWN)
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

const MAX_HOPS: usize = 32;

const MAX_SHOWN: usize = 80;
