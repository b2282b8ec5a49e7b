use std::borrow::Cow;

use crate::Timestamp;
use crate::write::escape;

/// A JSON object in the making.
#[derive(Default)]
pub(super) struct Tree<'a>(Vec<(&'static str, Node<'a>)>);

/// A value in it.
pub(super) enum Node<'a> {
    Object(Tree<'a>),
    List(Vec<Self>),
    Text(Cow<'a, str>),
    Time(Timestamp),
    Unsigned(u64),
    Signed(i64),
    Flag(bool),
}

impl<'a> Tree<'a> {
    /// Puts a value at a path of names with dots between them. A name that ends with `[]` is a
    /// list of one object.
    pub(super) fn put(&mut self, path: &'static str, node: Node<'a>) {
        let Some((name, rest)) = path.split_once('.') else {
            self.0.push((path, node));
            return;
        };
        let within = match name.strip_suffix("[]") {
            Some(name) => self.row(name),
            None => self.object(name),
        };
        if let Some(within) = within {
            within.put(rest, node);
        }
    }

    /// Puts a value under a name of an object.
    pub(super) fn put_in(&mut self, object: &'static str, name: &'static str, node: Node<'a>) {
        if let Some(object) = self.object(object) {
            object.0.push((name, node));
        }
    }

    /// Whether there is something at a path of plain names.
    pub(super) fn has(&self, path: &str) -> bool {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        self.0.iter().any(|(have, node)| match node {
            Node::Object(tree) if !rest.is_empty() => *have == name && tree.has(rest),
            _ => *have == name && rest.is_empty(),
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, (name, node)) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_text(name, out);
            out.push(b':');
            node.write(out);
        }
        out.push(b'}');
    }

    fn object(&mut self, name: &'static str) -> Option<&mut Self> {
        let at = self.at(name, || Node::Object(Tree::default()));
        match self.0.get_mut(at) {
            Some((_, Node::Object(tree))) => Some(tree),
            _ => None,
        }
    }

    fn row(&mut self, name: &'static str) -> Option<&mut Self> {
        let at = self.at(name, || Node::List(vec![Node::Object(Tree::default())]));
        match self.0.get_mut(at) {
            Some((_, Node::List(list))) => match list.first_mut() {
                Some(Node::Object(tree)) => Some(tree),
                _ => None,
            },
            _ => None,
        }
    }

    /// Where a member is, made if it is not there.
    fn at(&mut self, name: &'static str, make: impl FnOnce() -> Node<'a>) -> usize {
        let at = self.0.iter().position(|(have, _)| *have == name);
        at.unwrap_or_else(|| {
            self.0.push((name, make()));
            self.0.len() - 1
        })
    }
}

impl<'a> Node<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn words(words: &'static [&'static str]) -> Self {
        Self::List(words.iter().map(|word| Self::text(*word)).collect())
    }

    /// An object of one member.
    pub(super) fn object(members: Vec<(&'static str, Self)>) -> Self {
        Self::Object(Tree(members))
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Object(tree) => tree.write(out),
            Self::List(nodes) => {
                out.push(b'[');
                for (index, node) in nodes.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    node.write(out);
                }
                out.push(b']');
            }
            Self::Text(text) => write_text(text, out),
            Self::Time(time) => {
                out.push(b'"');
                out.extend_from_slice(&time.digits());
                out.push(b'"');
            }
            Self::Unsigned(number) => {
                out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes());
            }
            Self::Signed(number) => {
                out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes());
            }
            Self::Flag(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escape(text, out);
    out.push(b'"');
}
