/// A parameter of a path or an operation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it goes.
    pub location: Location,
    /// Whether the operation refuses a request without it. One in the path always is.
    pub required: bool,
    /// The type that its schema names (`integer`).
    pub kind: Option<String>,
    /// The format that its schema names (`uuid`).
    pub format: Option<String>,
    /// The values that it may have, where the schema lists them.
    pub allowed: Vec<String>,
    /// A value to send: the document's own example or default, else one made from its schema.
    pub sample: String,
    /// Whether [`sample`](Self::sample) is the document's own word.
    pub sample_is_given: bool,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Location {
    /// A part of the path.
    Path,
    /// The query string.
    Query,
    /// A request header.
    Header,
    /// A cookie.
    Cookie,
}
