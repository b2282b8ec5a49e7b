use std::fmt;
use std::ops::{BitAnd, BitOr};

use crate::ScopeSet;
use crate::scope::is_element;

/// One exact scope, to be joined to others with `&` and `|`: see [`Requirement`].
///
/// ```
/// use jwtrail_verify::{Requirement, scope};
/// assert_eq!(scope("orders:read"), Requirement::scope("orders:read"));
/// ```
#[must_use]
pub fn scope(element: &str) -> Requirement {
    Requirement::scope(element)
}

/// What a route asks of a token's scope: elements, joined with `&` and `|`, or by
/// [`all_of`](Self::all_of) and [`any_of`](Self::any_of).
///
/// These are values and not text, so that they mean what the parentheses say.
///
/// ```
/// use jwtrail_verify::{Requirement, ScopeSet, scope};
///
/// let requirement = scope("orders:read") & (scope("eu") | scope("us"));
/// assert_eq!(requirement.to_string(), "orders:read (eu|us)");
///
/// let granted: ScopeSet = ["orders:read"].into_iter().collect();
/// assert_eq!(requirement.missing_from(&granted).as_deref(), Some("(eu|us)"));
/// let granted: ScopeSet = ["orders:read", "us"].into_iter().collect();
/// assert_eq!(requirement.missing_from(&granted), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement(Node);

impl Requirement {
    /// One exact element. `orders` does not stand for `orders:read`, nor the reverse.
    ///
    /// ```
    /// use jwtrail_verify::{Requirement, ScopeSet};
    /// let granted: ScopeSet = ["orders:read"].into_iter().collect();
    /// assert!(Requirement::scope("orders:read").is_met_by(&granted));
    /// assert!(!Requirement::scope("orders").is_met_by(&granted));
    /// ```
    #[must_use]
    pub fn scope(element: &str) -> Self {
        let text = element.into();
        Self(match is_element(element) {
            true => Node::Scope(text),
            false => Node::NoScope(text),
        })
    }

    /// All of the parts. No parts at all is a mistake of the configuration and is never met.
    ///
    /// ```
    /// use jwtrail_verify::{Requirement, scope};
    /// let both = Requirement::all_of(["orders:read", "eu"].map(scope));
    /// assert_eq!(both, scope("orders:read") & scope("eu"));
    /// ```
    #[must_use]
    pub fn all_of(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::All(parts.into_iter().collect()))
    }

    /// At least one of the parts. No parts at all is never met.
    ///
    /// ```
    /// use jwtrail_verify::{Requirement, scope};
    /// let either = Requirement::any_of(["eu", "us"].map(scope));
    /// assert_eq!(either, scope("eu") | scope("us"));
    /// ```
    #[must_use]
    pub fn any_of(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::Any(parts.into_iter().collect()))
    }

    /// What of this requirement the scope does not meet, or nothing if it is met.
    ///
    /// ```
    /// use jwtrail_verify::{ScopeSet, scope};
    /// let granted: ScopeSet = ["orders:read"].into_iter().collect();
    /// let both = scope("orders:read") & scope("eu");
    /// assert_eq!(both.missing_from(&granted).as_deref(), Some("eu"));
    /// ```
    #[must_use]
    pub fn missing_from(&self, granted: &ScopeSet) -> Option<String> {
        if self.is_met_by(granted) {
            return None;
        }
        match &self.0 {
            Node::All(parts) => {
                let missing: Vec<_> = parts
                    .iter()
                    .filter(|part| !part.is_met_by(granted))
                    .map(|part| part.nested_missing(granted))
                    .collect();
                Some(missing.join(" "))
            }
            _ => Some(self.to_string()),
        }
    }

    fn nested_missing(&self, granted: &ScopeSet) -> String {
        match &self.0 {
            Node::Any(_) => format!("({self})"),
            _ => self.missing_from(granted).unwrap_or_default(),
        }
    }

    /// Whether the scope is enough.
    ///
    /// ```
    /// use jwtrail_verify::{ScopeSet, scope};
    /// let granted: ScopeSet = ["orders:read", "us"].into_iter().collect();
    /// assert!((scope("orders:read") & (scope("eu") | scope("us"))).is_met_by(&granted));
    /// ```
    #[must_use]
    pub fn is_met_by(&self, granted: &ScopeSet) -> bool {
        match &self.0 {
            Node::Scope(element) => granted.has(element),
            Node::NoScope(_) => false,
            Node::All(parts) => {
                !parts.is_empty() && parts.iter().all(|part| part.is_met_by(granted))
            }
            Node::Any(parts) => parts.iter().any(|part| part.is_met_by(granted)),
        }
    }

    /// The ways to meet it: each is a list of elements that are enough together, none is a part
    /// of another. There are as many as the parts of an `any_of` multiply to. Empty if it can't
    /// be met.
    ///
    /// ```
    /// use jwtrail_verify::scope;
    /// let requirement = scope("orders:read") & (scope("eu") | scope("us"));
    /// assert_eq!(requirement.ways(), [["orders:read", "eu"], ["orders:read", "us"]]);
    /// ```
    #[must_use]
    pub fn ways(&self) -> Vec<Vec<&str>> {
        let mut ways: Vec<Vec<&str>> = match &self.0 {
            Node::Scope(element) => vec![vec![element]],
            Node::NoScope(_) => Vec::new(),
            Node::Any(parts) => parts.iter().flat_map(Self::ways).collect(),
            Node::All(parts) => {
                let all = parts.iter().map(Self::ways);
                all.reduce(every_pair).unwrap_or_default()
            }
        };
        let whole = ways.clone();
        let mut index = 0;
        ways.retain(|way| {
            let here = index;
            index += 1;
            let mut others = whole.iter().enumerate();
            !others.any(|(other, less)| {
                let within = less.iter().all(|element| way.contains(element));
                // Of two that are equal the first stays.
                within && (less.len() < way.len() || (less.len() == way.len() && other < here))
            })
        });
        ways
    }

    fn joined(self, other: Self, parts_of: fn(Self) -> Result<Vec<Self>, Self>) -> Vec<Self> {
        let parts = |side| parts_of(side).unwrap_or_else(|whole| vec![whole]);
        let mut joined = parts(self);
        joined.extend(parts(other));
        joined
    }
}

/// Both: the same as [`Requirement::all_of`].
impl BitAnd for Requirement {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::all_of(self.joined(other, |side| match side.0 {
            // Without parts it is never met, and has to stay so.
            Node::All(parts) if !parts.is_empty() => Ok(parts),
            node => Err(Self(node)),
        }))
    }
}

/// One of them: the same as [`Requirement::any_of`].
impl BitOr for Requirement {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::any_of(self.joined(other, |side| match side.0 {
            Node::Any(parts) => Ok(parts),
            node => Err(Self(node)),
        }))
    }
}

fn every_pair<'a>(left: Vec<Vec<&'a str>>, right: Vec<Vec<&'a str>>) -> Vec<Vec<&'a str>> {
    let pair = |one: &Vec<&'a str>, other: &Vec<&'a str>| {
        let mut both = one.clone();
        both.extend(other.iter().filter(|element| !one.contains(element)));
        both
    };
    let pairs = left
        .iter()
        .flat_map(|one| right.iter().map(move |other| pair(one, other)));
    pairs.collect()
}

/// The elements: a space between those that are all needed, a bar between those of which one is.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, gap) = match &self.0 {
            Node::Scope(text) | Node::NoScope(text) => return f.write_str(text),
            Node::All(parts) => (parts, " "),
            Node::Any(parts) => (parts, "|"),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(gap)?;
            }
            match &part.0 {
                Node::Scope(_) | Node::NoScope(_) => write!(f, "{part}")?,
                Node::All(_) | Node::Any(_) => write!(f, "({part})")?,
            }
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Scope(Box<str>),
    /// What is no element, and so is never granted.
    NoScope(Box<str>),
    All(Vec<Requirement>),
    Any(Vec<Requirement>),
}
