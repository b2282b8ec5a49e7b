/// Why a document could not be read at all.
///
/// ```
/// use jwtrail_scan::spec::{SpecError, read};
/// let error = read(b"{\n  \"openapi\": ").unwrap_err();
/// assert!(matches!(error, SpecError::Syntax { line: 2, .. }), "{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// It is longer than a document may be.
    #[error("the document has {bytes} bytes, the limit is {limit}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The longest that is read.
        limit: usize,
    },
    /// It is neither JSON nor YAML.
    #[error("line {line}, column {column}: {what}")]
    Syntax {
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
        /// What the parser says.
        what: String,
    },
    /// It describes something else than an API.
    #[error("no API document: it has neither `openapi`, nor `swagger`, nor `paths`")]
    NotASpec,
    /// It follows a version that nothing here reads, such as Swagger 1.2.
    #[error("version {0} is not read; convert the document to OpenAPI 3")]
    Version(String),
}
