//! Which operations are scanned, and how each is called.

use crate::finding::DocumentPlace;
use crate::options::ScanOptions;
use crate::report::SkippedOperation;
use crate::request::Request;
use crate::spec::{Location, Method, Operation, Security, Spec};

/// An operation that is scanned.
#[derive(Clone, Debug)]
pub(crate) struct Scanned {
    pub(crate) name: String,
    pub(crate) method: Method,
    /// As the document writes it, for comparing.
    pub(crate) pattern: String,
    pub(crate) place: Option<DocumentPlace>,
    /// What the document says a caller must hold.
    pub(crate) scopes: Vec<String>,
    /// Whether the document, or the command line, says that it is protected.
    pub(crate) declared: bool,
    request: Request,
    /// The status with a valid token; none where no answer came.
    pub(crate) with_token: Option<u16>,
    pub(crate) without_token: Option<u16>,
}

impl Scanned {
    /// The request for it, with nothing presented yet, under ids of its own.
    pub(crate) fn request(&self) -> Request {
        self.request.again()
    }

    pub(crate) fn path(&self) -> &str {
        &self.request.path
    }
}

/// Sorts the operations into those that are scanned and those that are not, with the reason.
pub(crate) fn choose(options: &ScanOptions) -> (Vec<Scanned>, Vec<SkippedOperation>) {
    let (mut scanned, mut skipped) = (Vec::new(), Vec::new());
    if let Some((document, spec)) = &options.document {
        for operation in &spec.operations {
            match refusal(operation, spec, options) {
                None => scanned.push(prepared(operation, Some(document))),
                Some(why) => skipped.push(SkippedOperation {
                    name: operation.name(),
                    why,
                }),
            }
        }
    }
    for operation in &options.operations {
        match unsafe_method(operation, options) {
            None => {
                let mut known = scanned.iter_mut();
                match known.find(|one: &&mut Scanned| one.name == operation.name()) {
                    Some(one) => one.declared = true,
                    None => {
                        let mut one = prepared(operation, None);
                        one.declared = true;
                        scanned.push(one);
                    }
                }
            }
            Some(why) => skipped.push(SkippedOperation {
                name: operation.name(),
                why,
            }),
        }
    }
    skipped.retain(|skip| scanned.iter().all(|one| one.name != skip.name));
    (scanned, skipped)
}

/// Why an operation of a document is not scanned.
fn refusal(operation: &Operation, spec: &Spec, options: &ScanOptions) -> Option<String> {
    if matches!(operation.security, Security::Open) {
        return Some("the document says that it is open to anybody".to_owned());
    }
    let alternatives = operation.security.alternatives();
    if !alternatives.is_empty() && !alternatives.iter().any(|one| by_bearer(one, spec)) {
        return Some("it is not protected by a bearer token".to_owned());
    }
    if ends_a_session(&operation.path) {
        return Some(
            "it would end the token's session; name it with --logout to check what follows"
                .to_owned(),
        );
    }
    unsafe_method(operation, options)
}

fn by_bearer(alternative: &crate::spec::Alternative, spec: &Spec) -> bool {
    alternative.requirements.iter().all(|requirement| {
        // A scheme that the document names and does not declare may be one.
        let scheme = spec.schemes.get(&requirement.scheme);
        scheme.is_none_or(|scheme| scheme.kind.bearer())
    })
}

fn unsafe_method(operation: &Operation, options: &ScanOptions) -> Option<String> {
    let refused = !operation.method.safe() && !options.allow_writes;
    refused.then(|| "it may change something; scan it with --allow-writes".to_owned())
}

fn ends_a_session(path: &str) -> bool {
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let last: String = last
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    ["logout", "signout", "logoff", "revoke"].contains(&last.as_str())
}

fn prepared(operation: &Operation, document: Option<&str>) -> Scanned {
    let alternatives = operation.security.alternatives().first();
    let scopes = alternatives
        .iter()
        .flat_map(|one| &one.requirements)
        .flat_map(|requirement| requirement.scopes.clone())
        .collect();
    Scanned {
        name: operation.name(),
        method: operation.method,
        pattern: operation.path.clone(),
        place: document.map(|document| place(document, &operation.place)),
        scopes,
        declared: operation.security.required(),
        request: request(operation),
        with_token: None,
        without_token: None,
    }
}

pub(crate) fn place(document: &str, place: &crate::spec::Place) -> DocumentPlace {
    DocumentPlace::new(document, place.line, place.column, &place.pointer)
}

/// A request for an operation, with the values of its document.
pub(crate) fn request(operation: &Operation) -> Request {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    for parameter in &operation.parameters {
        let value = encoded(&parameter.sample);
        match parameter.location {
            Location::Path => path = path.replace(&format!("{{{}}}", parameter.name), &value),
            Location::Query if parameter.required => {
                query.push(format!("{}={value}", encoded(&parameter.name)));
            }
            _ => {}
        }
    }
    // What the document forgot to describe.
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        if from > to {
            break;
        }
        path.replace_range(from..=to, "1");
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let mut request = Request::new(operation.method.as_str(), &path);
    for parameter in &operation.parameters {
        let ours = [
            "authorization",
            "cookie",
            "x-request-id",
            "traceparent",
            "host",
        ];
        let name = parameter.name.to_lowercase();
        if parameter.location == Location::Header
            && parameter.required
            && !ours.contains(&name.as_str())
        {
            request = request.header(&name, &parameter.sample);
        }
    }
    match (&operation.body, operation.method.safe()) {
        (Some(body), false) => {
            let sample = body.sample.clone().unwrap_or_else(|| serde_json::json!({}));
            request.body(&body.content_type, sample.to_string().into_bytes())
        }
        _ => request,
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use jwtrail_event::SecretToken;

    use super::*;

    #[test]
    fn paths_are_filled_in() {
        let operation = Operation::parse("GET /a/{id}/b/{name}").unwrap();
        assert_eq!(request(&operation).path, "/a/1/b/1");
    }

    #[test]
    fn writes_are_scanned_when_they_are_allowed() {
        let mut options = ScanOptions::new("http://127.0.0.1:1", SecretToken::new(String::new()));
        options.operations = vec![
            Operation::parse("GET /orders").unwrap(),
            Operation::parse("POST /orders").unwrap(),
        ];
        let (scanned, skipped) = choose(&options);
        assert_eq!((scanned.len(), skipped.len()), (1, 1));
        options.allow_writes = true;
        assert_eq!(choose(&options).0.len(), 2);
    }

    #[test]
    fn what_ends_a_session_is_known() {
        for (path, ends) in [
            ("/logout", true),
            ("/auth/sign-out/", true),
            ("/oauth/revoke", true),
            ("/orders", false),
            ("/logout/history", false),
        ] {
            assert_eq!(ends_a_session(path), ends, "{path}");
        }
    }
}
