use std::borrow::Cow;

use serde_json::Number;

/// A JSON value.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    Array(Vec<Self>),
    Object(Members<'a>),
}

/// An object's members, in their order. There are few, so looking for one is looking at each.
#[derive(Debug, Default)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Members<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let mut members = self.iter();
        members.find_map(|(known, value)| is_same(known, name).then_some(value))
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A string member, if it is there and is one.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn with_room(room: usize) -> Self {
        Self(Vec::with_capacity(room))
    }

    pub(super) fn push(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        self.0.push((name, value));
    }

    /// Each is held against those before it that look like it; of many the names are sorted, so
    /// that nobody can make it long.
    pub(super) fn has_duplicates(&self) -> bool {
        if self.0.len() <= FEW {
            let mut seen = 0;
            let mut members = self.0.iter().enumerate();
            return members.any(|(index, (name, _))| {
                let looks = looks(name);
                let like_one_before = seen & looks != 0;
                seen |= looks;
                like_one_before && {
                    let mut before = self.0.iter().take(index);
                    before.any(|(known, _)| is_same(known, name))
                }
            });
        }
        let mut names: Vec<&str> = self.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        !names.is_sorted_by(|one, next| one < next)
    }
}

impl<'a> Value<'a> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    pub(crate) fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    pub(crate) const fn as_object(&self) -> Option<&Members<'a>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }
}

/// Names are short and many have the same length: their last bytes tell most of them apart.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().next_back() == other.bytes().next_back() && one == other
}

/// One bit of 64. The names of registered claims have one each.
fn looks(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let [first, .., last] = bytes else {
        return 1;
    };
    let sum = usize::from(*first) * 4 + usize::from(*last) * 7 + bytes.len() * 3;
    1 << (sum % 64)
}

const FEW: usize = 32;
