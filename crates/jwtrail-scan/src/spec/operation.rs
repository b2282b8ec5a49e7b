use super::{Body, Location, Method, Parameter, Place, Response, Security, Server};

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

    /// The path and the query to call it with: the path's parameters filled in, and those of the
    /// query that must be there.
    ///
    /// ```
    /// use jwtrail_scan::spec::Operation;
    /// assert_eq!(Operation::parse("GET /orders/{id}").unwrap().target(), "/orders/1");
    /// ```
    #[must_use]
    pub fn target(&self) -> String {
        let mut target = String::with_capacity(self.path.len());
        let mut rest = path_alone(&self.path);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, beyond)) = after.split_once('}') else {
                break;
            };
            escape(before, "/", &mut target);
            // `{?x}` and its like are templates of a query, which is written below.
            if !name.starts_with(['?', '&', '#']) {
                let sample = self.sample(Location::Path, name);
                escape(
                    sample.filter(|s| !s.is_empty()).unwrap_or("1"),
                    "",
                    &mut target,
                );
            }
            rest = beyond;
        }
        escape(rest, "/", &mut target);
        let query = self.parameters.iter();
        for (at, parameter) in query
            .filter(|p| p.required && p.location == Location::Query)
            .enumerate()
        {
            target.push(if at == 0 { '?' } else { '&' });
            escape(&parameter.name, "", &mut target);
            target.push('=');
            escape(&parameter.sample, "", &mut target);
        }
        target
    }

    /// The headers that must be there, but for those that the scanner writes itself.
    #[must_use]
    pub fn headers(&self) -> Vec<(&str, &str)> {
        self.parameters
            .iter()
            .filter(|p| p.required && p.location == Location::Header)
            .filter(|p| {
                !OWN_HEADERS
                    .iter()
                    .any(|own| p.name.eq_ignore_ascii_case(own))
            })
            .map(|p| (p.name.as_str(), p.sample.as_str()))
            .collect()
    }

    fn sample(&self, location: Location, name: &str) -> Option<&str> {
        let mut found = self.parameters.iter();
        found
            .find(|p| p.location == location && p.name == name)
            .map(|p| p.sample.as_str())
    }

    /// The answer that it declares for a status, if it declares that very status.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        let code = status.to_string();
        self.responses.iter().find(|answer| answer.code == code)
    }
}

/// What stands before a query or a fragment, which have no place in a template but are there.
fn path_alone(path: &str) -> &str {
    let mut within = false;
    let end = path.find(|c| {
        match c {
            '{' => within = true,
            '}' => within = false,
            _ => {}
        }
        matches!(c, '?' | '#') && !within
    });
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

/// Escapes what may not stand in a part of a path or a query (RFC 3986 section 2.1), and what has
/// a meaning there unless it is among `kept`.
fn escape(text: &str, kept: &str, into: &mut String) {
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric()
            || "-._~!$'()*,:@".contains(character)
            || kept.contains(character)
        {
            into.push(character);
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// RFC 9110 and the OpenAPI specification leave them to the protocol and the security schemes.
const OWN_HEADERS: [&str; 6] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
];

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
