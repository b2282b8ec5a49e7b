use std::fmt;

use crate::ScopeSet;

/// What a route asks of a token's scope.
///
/// ```
/// use jwtrail_verify::{Requirement, ScopeSet};
///
/// let requirement = Requirement::all_of([
///     Requirement::scope("orders:read"),
///     Requirement::any_of([Requirement::scope("eu"), Requirement::scope("us")]),
/// ]);
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
    #[must_use]
    pub fn scope(element: &str) -> Self {
        Self(Node::Scope(element.into()))
    }

    /// All of the parts. No parts at all is a mistake of the configuration and is never met.
    #[must_use]
    pub fn all_of(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::All(parts.into_iter().collect()))
    }

    /// At least one of the parts. No parts at all is never met.
    #[must_use]
    pub fn any_of(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::Any(parts.into_iter().collect()))
    }

    /// What of this requirement the scope does not meet, or nothing if it is met.
    #[must_use]
    pub fn missing_from(&self, granted: &ScopeSet) -> Option<String> {
        if self.is_met_by(granted) {
            return None;
        }
        match &self.0 {
            Node::All(parts) if !parts.is_empty() => {
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

    fn is_met_by(&self, granted: &ScopeSet) -> bool {
        match &self.0 {
            Node::Scope(element) => granted.contains(element),
            Node::All(parts) => {
                !parts.is_empty() && parts.iter().all(|part| part.is_met_by(granted))
            }
            Node::Any(parts) => parts.iter().any(|part| part.is_met_by(granted)),
        }
    }
}

/// The elements: a space between those that are all needed, a bar between those of which one is.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, gap) = match &self.0 {
            Node::Scope(element) => return f.write_str(element),
            Node::All(parts) => (parts, " "),
            Node::Any(parts) => (parts, "|"),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(gap)?;
            }
            match &part.0 {
                Node::Scope(_) => write!(f, "{part}")?,
                Node::All(_) | Node::Any(_) => write!(f, "({part})")?,
            }
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Scope(Box<str>),
    All(Vec<Requirement>),
    Any(Vec<Requirement>),
}
