/// An answer that an operation declares.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status as the document writes it: `401`, `4XX` or `default`.
    pub code: String,
    /// The names of the headers that it declares, as written.
    pub headers: Vec<String>,
}

impl Response {
    /// Whether it declares a header of that name, in whatever case.
    #[must_use]
    pub fn declares(&self, header: &str) -> bool {
        self.headers
            .iter()
            .any(|name| name.eq_ignore_ascii_case(header))
    }
}
