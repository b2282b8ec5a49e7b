use super::{Body, Method, Parameter, Place, Response, Security, Server};

/// One method on one path.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path as the document writes it, with its parameters in braces.
    pub path: String,
    /// The `operationId`.
    pub id: Option<String>,
    /// The tags, in the document's order.
    pub tags: Vec<String>,
    /// Where the document describes it.
    pub place: Place,
    /// What the document says about who may call it.
    pub security: Security,
    /// The parameters of the path and of the operation.
    pub parameters: Vec<Parameter>,
    /// The body that it takes; of several media types the one that is easiest to write.
    pub body: Option<Body>,
    /// The answers that it declares, in the document's order.
    pub responses: Vec<Response>,
    /// Where it alone is reached; empty where the document's servers serve it.
    pub servers: Vec<Server>,
    /// Whether the document says that it should no longer be used.
    pub deprecated: bool,
}

impl Operation {
    /// An operation that no document describes, from the way it is spoken of: `GET /orders`.
    ///
    /// # Errors
    ///
    /// When the text is no method, a blank and a path that begins with `/`.
    pub fn parse(text: &str) -> Result<Self, NotAnOperation> {
        let refused = || NotAnOperation(text.to_owned());
        let (method, path) = text.trim().split_once(' ').ok_or_else(refused)?;
        let path = path.trim();
        if !path.starts_with('/') || path.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(refused());
        }
        Ok(Self::new(
            Method::named(method).ok_or_else(refused)?,
            path.to_owned(),
            Place::nowhere(),
        ))
    }

    pub(crate) const fn new(method: Method, path: String, place: Place) -> Self {
        Self {
            method,
            path,
            id: None,
            tags: Vec::new(),
            place,
            security: Security::NotDeclared,
            parameters: Vec::new(),
            body: None,
            responses: Vec::new(),
            servers: Vec::new(),
            deprecated: false,
        }
    }

    /// How people speak of it: `GET /orders/{id}`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The answer that it declares for a status, if it declares that very status.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        let code = status.to_string();
        self.responses.iter().find(|answer| answer.code == code)
    }
}

/// A text that names no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no operation; write a method and a path, like `GET /orders`")]
pub struct NotAnOperation(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_a_method_and_a_path() {
        let operation = Operation::parse(" delete  /orders/{id} ").unwrap();
        assert_eq!(operation.name(), "DELETE /orders/{id}");
        for text in [
            "",
            "/orders",
            "GET",
            "GET orders",
            "FETCH /a",
            "GET /a b",
            "GET /\u{7}",
        ] {
            assert!(Operation::parse(text).is_err(), "{text:?}");
        }
    }
}
