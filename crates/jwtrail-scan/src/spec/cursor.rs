use super::tree::Node;

/// A node, and the way to it from its document's root. The way lives on the stack of whoever
/// walks, so that walking costs nothing until a pointer is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'p, 't> {
    pub(super) node: &'t Node<'t>,
    /// Which of the documents it is in.
    pub(super) document: usize,
    step: Step<'p, 't>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'p, 't> {
    Root,
    Key(&'p Cursor<'p, 't>, &'t str),
    Index(&'p Cursor<'p, 't>, usize),
    /// Come to by a reference, which is itself the pointer.
    Jump(&'t str),
}

impl<'p, 't> Cursor<'p, 't> {
    pub(super) const fn root(document: usize, node: &'t Node<'t>) -> Self {
        Self {
            node,
            document,
            step: Step::Root,
        }
    }

    pub(super) const fn jumped(document: usize, node: &'t Node<'t>, fragment: &'t str) -> Self {
        Self {
            node,
            document,
            step: Step::Jump(fragment),
        }
    }

    pub(super) fn get(&'p self, key: &'t str) -> Option<Self> {
        let node = self.node.get(key)?;
        Some(self.below(node, Step::Key(self, key)))
    }

    /// The entries of a map; nothing if it is none.
    pub(super) fn entries(&'p self) -> impl Iterator<Item = (&'t str, Self)> {
        let entries = self.node.map().into_iter().flat_map(|map| map.iter());
        entries.map(|(key, node)| (key, self.below(node, Step::Key(self, key))))
    }

    /// The items of a list; nothing if it is none.
    pub(super) fn items(&'p self) -> impl Iterator<Item = Self> {
        let items = self.node.list().unwrap_or_default().iter().zip(0..);
        items.map(|(node, index)| self.below(node, Step::Index(self, index)))
    }

    const fn below(&self, node: &'t Node<'t>, step: Step<'p, 't>) -> Self {
        Self {
            node,
            document: self.document,
            step,
        }
    }

    pub(super) fn text_at(&self, key: &str) -> Option<&'t str> {
        self.node.get(key).and_then(Node::text)
    }

    /// The JSON pointer of the node (RFC 6901).
    pub(super) fn pointer(&self) -> String {
        match self.step {
            Step::Root => String::new(),
            Step::Jump(fragment) => fragment.to_owned(),
            Step::Key(parent, key) => {
                let escaped = key.replace('~', "~0").replace('/', "~1");
                format!("{}/{escaped}", parent.pointer())
            }
            Step::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}
