use std::borrow::Cow;

use super::{At, Node};

/// Keys and values in the order of the document, each key once.
#[derive(Clone, Debug, Default)]
pub(in crate::spec) struct Map<'a> {
    entries: Vec<(Cow<'a, str>, Node<'a>)>,
    /// The entries by key, where there are many.
    sorted: Vec<u32>,
}

impl<'a> Map<'a> {
    /// A map of these entries, and the positions of those whose key comes again; the last one
    /// counts, as for most readers of JSON.
    pub(super) fn new(mut entries: Vec<(Cow<'a, str>, Node<'a>)>) -> (Self, Vec<At>) {
        let mut repeated = Vec::new();
        let mut sorted = Vec::new();
        if entries.len() > FEW {
            sorted = by_key(&entries);
            let twice = sorted.windows(2).any(|pair| match pair {
                [a, b] => key(&entries, *a) == key(&entries, *b),
                _ => false,
            });
            if twice {
                repeated = keep_last(&mut entries);
                sorted = by_key(&entries);
            }
        } else if has_twice(&entries) {
            repeated = keep_last(&mut entries);
        }
        (Self { entries, sorted }, repeated)
    }

    pub(in crate::spec) fn get(&self, name: &str) -> Option<&Node<'a>> {
        if self.sorted.is_empty() {
            return self
                .entries
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, node)| node);
        }
        let at = self
            .sorted
            .binary_search_by(|index| key(&self.entries, *index).cmp(&Some(name)))
            .ok()?;
        let index = usize::try_from(*self.sorted.get(at)?).ok()?;
        self.entries.get(index).map(|(_, node)| node)
    }

    pub(in crate::spec) fn iter(&self) -> impl Iterator<Item = (&str, &Node<'a>)> {
        self.entries.iter().map(|(key, node)| (key.as_ref(), node))
    }
}

/// Up to how many entries looking at each is as quick as an index.
const FEW: usize = 12;

type Entries<'a> = [(Cow<'a, str>, Node<'a>)];

fn key<'e>(entries: &'e Entries<'_>, index: u32) -> Option<&'e str> {
    let index = usize::try_from(index).ok()?;
    entries.get(index).map(|(key, _)| key.as_ref())
}

fn by_key(entries: &Entries<'_>) -> Vec<u32> {
    let mut order: Vec<u32> = (0..).take(entries.len()).collect();
    order.sort_by(|a, b| key(entries, *a).cmp(&key(entries, *b)));
    order
}

fn has_twice(entries: &Entries<'_>) -> bool {
    let mut rest = entries;
    while let Some(((name, _), after)) = rest.split_first() {
        if after.iter().any(|(key, _)| key == name) {
            return true;
        }
        rest = after;
    }
    false
}

fn keep_last<'a>(entries: &mut Vec<(Cow<'a, str>, Node<'a>)>) -> Vec<At> {
    let mut seen = std::collections::HashSet::new();
    let mut repeated = Vec::new();
    let last: Vec<bool> = entries
        .iter()
        .rev()
        .map(|(key, _)| seen.insert(key.clone()))
        .collect();
    let mut last = last.into_iter().rev();
    entries.retain(|(_, node)| {
        let kept = last.next().unwrap_or(true);
        if !kept {
            repeated.push(node.at);
        }
        kept
    });
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(keys: &[&str]) -> (Map<'static>, Vec<At>) {
        let entries = keys.iter().zip(0..).map(|(key, at)| {
            let node = Node::null(At::Offset(at));
            (Cow::Owned((*key).to_owned()), node)
        });
        Map::new(entries.collect())
    }

    #[test]
    fn a_key_that_comes_again_counts_with_its_last_value() {
        let (few, repeated) = map(&["a", "b", "a"]);
        assert_eq!(repeated, [At::Offset(0)]);
        assert_eq!(few.get("a").unwrap().at, At::Offset(2));
        assert_eq!(few.iter().count(), 2);

        let names: Vec<String> = (0..40).map(|n| format!("k{}", n % 30)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (many, repeated) = map(&names);
        assert_eq!((many.iter().count(), repeated.len()), (30, 10));
        assert_eq!(many.get("k3").unwrap().at, At::Offset(33));
        assert_eq!(many.get("k29").unwrap().at, At::Offset(29));
        assert!(many.get("k30").is_none());
    }
}
