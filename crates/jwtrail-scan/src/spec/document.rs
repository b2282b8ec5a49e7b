use std::collections::BTreeMap;

use super::{Note, Operation, Place, Scheme};

/// A document that was read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Spec {
    /// The title that the document gives, or nothing.
    pub title: String,
    /// The version of the specification that it follows.
    pub version: Version,
    /// Where the service is reached, variables filled in. Empty where nothing is said.
    pub servers: Vec<Server>,
    /// Every operation, in the document's order.
    pub operations: Vec<Operation>,
    /// The security schemes by name. Empty means that none is declared, not that all is public.
    pub schemes: BTreeMap<String, Scheme>,
    /// What could not be read, and what was read though it is not right.
    pub notes: Vec<Note>,
}

/// The version of the specification that a document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// Swagger 2.0.
    V2_0,
    /// OpenAPI 3.0.
    V3_0,
    /// OpenAPI 3.1 and what follows it.
    V3_1,
}

impl Version {
    /// The version as the specification writes it, without its last part: `3.0`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
        }
    }
}

/// Where a service is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Server {
    /// The URL with its variables filled in by their defaults; it may be relative (`/v1`).
    pub url: String,
    /// Where the document says so.
    pub place: Place,
}

impl Server {
    /// The path that an operation's own path goes below, without its last slash: `/v1` of
    /// `https://example.com/v1/`.
    #[must_use]
    pub fn path(&self) -> String {
        let after_origin = self.url.split_once("//").map(|(_, rest)| {
            let path = rest.find('/').and_then(|path| rest.get(path..));
            path.unwrap_or_default()
        });
        let path = after_origin.unwrap_or(&self.url);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = path.trim_matches('/');
        if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        }
    }
}
