//! YAML, by the events of `saphyr-parser`, which tell where they stand.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{At, Broken, MAX_DEPTH, MAX_NODES, MAX_REMARKS, Map, Node, Remark, Tree, Value};

/// The tree of the first document of a YAML text.
pub(in crate::spec) fn yaml(text: &str) -> Result<Tree<'_>, Broken> {
    let mut building = Building::default();
    let mut parser = Parser::new_from_str(text);
    let mut documents = 0;
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| Broken {
            line: number(error.marker().line()),
            column: number(error.marker().col()).saturating_add(1),
            what: error.info().to_owned(),
        })?;
        let at = mark(span.start);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    building.remark(at, "only the first document of the stream is read");
                    break;
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = if building.wants_key() {
                    Value::Text(text) // as in JSON, a key is text: `200:`, `3.10:`
                } else {
                    scalar(text, style, tag.as_deref())
                };
                building.finished(Node { at, value }, anchor);
            }
            Event::Alias(anchor) => building.alias(at, anchor),
            Event::SequenceStart(anchor, _) => {
                building.begin(at, anchor, Open::List(Vec::new()))?
            }
            Event::MappingStart(anchor, _) => {
                building.begin(at, anchor, Open::Map(Vec::new(), None))?;
            }
            Event::SequenceEnd | Event::MappingEnd => building.end(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(Tree {
        root: building.root.unwrap_or(Node::null(At::Mark(1, 1))),
        remarks: building.remarks,
    })
}

#[derive(Default)]
struct Building<'a> {
    root: Option<Node<'a>>,
    stack: Vec<Frame<'a>>,
    anchors: HashMap<usize, Node<'a>>,
    nodes: usize,
    remarks: Vec<Remark>,
}

struct Frame<'a> {
    at: At,
    anchor: usize,
    open: Open<'a>,
}

/// A collection that has not ended. A map may hold the key whose value is next.
enum Open<'a> {
    List(Vec<Node<'a>>),
    Map(Vec<(Cow<'a, str>, Node<'a>)>, Option<(Cow<'a, str>, At)>),
}

impl<'a> Building<'a> {
    fn begin(&mut self, at: At, anchor: usize, open: Open<'a>) -> Result<(), Broken> {
        if self.stack.len() > MAX_DEPTH {
            // Unlike JSON's, its parser's own work grows with the depth.
            return Err(self.refused(at, format!("nests deeper than {MAX_DEPTH} levels")));
        }
        if self.nodes > MAX_NODES {
            return Err(self.refused(at, format!("has more than {MAX_NODES} values")));
        }
        self.stack.push(Frame { at, anchor, open });
        Ok(())
    }

    fn refused(&self, at: At, what: String) -> Broken {
        let At::Mark(line, column) = at else {
            return Broken {
                line: 0,
                column: 0,
                what,
            };
        };
        Broken { line, column, what }
    }

    fn end(&mut self) {
        let Some(Frame { at, anchor, open }) = self.stack.pop() else {
            return;
        };
        let value = match open {
            Open::List(items) => Value::List(items),
            Open::Map(entries, _) => {
                let (map, repeated) = Map::new(merged(entries));
                for at in repeated {
                    self.remark(at, "this key comes again later, which counts");
                }
                Value::Map(map)
            }
        };
        self.finished(Node { at, value }, anchor);
    }

    fn alias(&mut self, at: At, anchor: usize) {
        let room = MAX_NODES.saturating_sub(self.nodes).min(MAX_ALIASED);
        // An anchor that is still open is not there: its alias would hold itself.
        let target = self.anchors.get(&anchor);
        let target = target.and_then(|target| Some((target.value.clone(), size(target, room)?)));
        let value = match target {
            Some((value, size)) => {
                self.nodes += size;
                value
            }
            None => {
                self.remark(
                    at,
                    "this alias stands for itself or too much; it is read as nothing",
                );
                Value::Null
            }
        };
        self.finished(Node { at, value }, 0);
    }

    /// Whether what comes next is the key of a map.
    fn wants_key(&self) -> bool {
        matches!(
            self.stack.last().map(|frame| &frame.open),
            Some(Open::Map(_, None))
        )
    }

    /// Puts a node where it belongs.
    fn finished(&mut self, mut node: Node<'a>, anchor: usize) {
        self.nodes += 1;
        if anchor != 0
            && let Some(size) = size(&node, MAX_ALIASED)
        {
            self.nodes += size;
            self.anchors.insert(anchor, node.clone());
        }
        match self.stack.last_mut().map(|frame| &mut frame.open) {
            None => self.root = Some(node),
            Some(Open::List(items)) => items.push(node),
            Some(Open::Map(entries, key)) => match key.take() {
                Some((name, at)) => {
                    node.at = at;
                    entries.push((name, node));
                }
                None => *key = Some((name(&node), node.at)),
            },
        }
    }

    fn remark(&mut self, at: At, text: &str) {
        if self.remarks.len() < MAX_REMARKS {
            self.remarks.push(Remark {
                at,
                text: text.to_owned(),
            });
        }
    }
}

/// The number of nodes, if it is not over the limit.
fn size(node: &Node<'_>, limit: usize) -> Option<usize> {
    let mut left = limit.checked_sub(1)?;
    let mut count = |child: &Node<'_>| {
        let size = size(child, left)?;
        left -= size;
        Some(())
    };
    match &node.value {
        Value::List(items) => items.iter().try_for_each(&mut count)?,
        Value::Map(map) => map.iter().try_for_each(|(_, child)| count(child))?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
    Some(limit - left)
}

/// Entries with those that a merge key (`<<`) brings, which the map's own override.
fn merged<'a>(entries: Vec<(Cow<'a, str>, Node<'a>)>) -> Vec<(Cow<'a, str>, Node<'a>)> {
    if !entries.iter().any(|(key, _)| key == "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(k, _)| k == "<<");
    let mut held: HashSet<String> = own.iter().map(|(key, _)| key.to_string()).collect();
    for (key, merge) in merges {
        let sources = match &merge.value {
            Value::Map(_) => std::slice::from_ref(&merge),
            Value::List(items) => items.as_slice(),
            _ => {
                own.push((key, merge));
                continue;
            }
        };
        for (key, node) in sources.iter().filter_map(Node::map).flat_map(Map::iter) {
            if held.insert(key.to_owned()) {
                own.push((Cow::Owned(key.to_owned()), node.clone()));
            }
        }
    }
    own
}

/// A key as the text that JSON would have there.
fn name<'a>(node: &Node<'a>) -> Cow<'a, str> {
    match &node.value {
        Value::Text(text) => text.clone(),
        Value::Null => Cow::Borrowed("null"),
        _ => Cow::Owned(node.scalar().unwrap_or_default()),
    }
}

fn scalar<'a>(text: Cow<'a, str>, style: ScalarStyle, tag: Option<&Tag>) -> Value<'a> {
    let forced = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style == ScalarStyle::Plain && !forced {
        super::scalar::plain(text)
    } else {
        Value::Text(text)
    }
}

fn mark(marker: Marker) -> At {
    At::Mark(
        number(marker.line()),
        number(marker.col()).saturating_add(1),
    )
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// How many nodes an alias may stand for.
const MAX_ALIASED: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_know_where_they_stand() {
        let tree = yaml("a: 1\nb:\n  - c: 2\n  - ü: {d: 3}\n200: x\n").unwrap();
        let items = tree.root.get("b").unwrap().list().unwrap();
        assert_eq!(items[0].get("c").unwrap().at, At::Mark(3, 5));
        assert_eq!(
            items[1].get("ü").unwrap().get("d").unwrap().at,
            At::Mark(4, 9)
        );
        assert_eq!(tree.root.get("200").unwrap().at, At::Mark(5, 1));
    }

    #[test]
    fn aliases_and_merges_are_filled_in() {
        let tree = yaml("x: &x {a: 1, b: 2}\ny: *x\nz: {<<: *x, b: 3}\n").unwrap();
        let at = |path: [&str; 2]| tree.root.get(path[0]).unwrap().get(path[1]).unwrap();
        assert_eq!(at(["y", "a"]).number(), Some(1.0));
        assert_eq!(at(["z", "a"]).number(), Some(1.0));
        assert_eq!(at(["z", "b"]).number(), Some(3.0));
        assert!(tree.root.get("z").unwrap().get("<<").is_none());
    }

    #[test]
    fn a_bomb_of_aliases_is_read_as_nothing() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..40 {
            let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
            text.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
        }
        let tree = yaml(&text).unwrap();
        assert!(!tree.remarks.is_empty());
        assert!(size(&tree.root, MAX_NODES).unwrap() < 2_000_000);
    }

    #[test]
    fn an_alias_within_its_anchor_is_read_as_nothing() {
        let tree = yaml("a: &a\n  b: *a\n").unwrap();
        assert_eq!(tree.remarks.len(), 1);
        assert_eq!(
            tree.root.get("a").unwrap().get("b").unwrap().kind(),
            "nothing"
        );
    }

    #[test]
    fn broken_yaml_says_where() {
        assert_eq!(yaml("a: 1\nb: [}\nc: 2").unwrap_err().line, 2);
        let deep = "- ".repeat(100_000);
        assert!(yaml(&deep).unwrap_err().what.contains("deeper"));
    }

    #[test]
    fn a_tag_can_make_a_number_a_text() {
        let tree = yaml("a: !!str 2.0\nb: '2.0'\nc: 2.0").unwrap();
        assert_eq!(tree.root.get("a").unwrap().text(), Some("2.0"));
        assert_eq!(tree.root.get("b").unwrap().text(), Some("2.0"));
        assert_eq!(tree.root.get("c").unwrap().text(), None);
    }
}
