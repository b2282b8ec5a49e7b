/// A request body that an operation takes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Body {
    /// The media type, as written (`application/json`).
    pub content_type: String,
    /// Whether the operation refuses a request without it.
    pub required: bool,
    /// A value that the document's schema or examples allow; none where nothing is said.
    pub sample: Option<serde_json::Value>,
}
