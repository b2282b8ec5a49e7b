use crate::check::CheckId;
use crate::finding::Finding;
use crate::operations::place;
use crate::spec::{Location, Operation, Place, SchemeKind, Security, Spec};

/// What a document does not say about its protection, though it should: the findings of SPC-01
/// that need no service. `document` is what reports call it.
///
/// Each protected operation declares its security scheme, 401, 403 (where it asks for a scope)
/// and 429, and an answer with the header that carries the request's id; servers are reached by
/// https, and no key is in a query.
///
/// ```
/// use jwtrail_scan::lint;
/// use jwtrail_scan::spec::read;
///
/// let spec = read(b"openapi: 3.1.0\npaths: {/orders: {get: {responses: {'200': {}}}}}").unwrap();
/// let findings = lint("orders.yaml", &spec);
/// assert_eq!(findings[0].variant, "security");
/// assert_eq!(findings[0].place.as_ref().unwrap().line, 2);
/// ```
#[must_use]
pub fn lint(document: &str, spec: &Spec) -> Vec<Finding> {
    let mut found = Found {
        document,
        findings: Vec::new(),
    };
    for operation in &spec.operations {
        found.operation(operation);
    }
    for server in &spec.servers {
        let local = ["http://localhost", "http://127.", "http://[::1]"];
        let plain = server.url.starts_with("http://");
        if plain && !local.iter().any(|start| server.url.starts_with(start)) {
            let summary = format!("the server {} is reached over plain http", server.url);
            found.add("server", None, &server.place, summary);
        }
    }
    for (name, scheme) in &spec.schemes {
        let query = Location::Query;
        if matches!(&scheme.kind, SchemeKind::ApiKey { location, .. } if *location == query) {
            let summary = format!("the scheme `{name}` puts a key into the query");
            found.add("query-key", None, &scheme.place, summary);
        }
    }
    found.findings
}

struct Found<'d> {
    document: &'d str,
    findings: Vec<Finding>,
}

impl Found<'_> {
    fn operation(&mut self, operation: &Operation) {
        let name = operation.name();
        let mut add = |variant: &str, summary: String| {
            self.add(variant, Some(&name), &operation.place, summary);
        };
        if matches!(operation.security, Security::NotDeclared) {
            let summary = "the document does not say who may call the operation";
            add(SECURITY, summary.to_owned());
        }
        if !operation.security.required() {
            return;
        }
        let missing: Vec<String> = [401, 403, 429]
            .into_iter()
            // Where no scope is asked for, none can be lacking.
            .filter(|status| *status != 403 || asks_for_scope(operation))
            .filter(|status| !declares(operation, *status))
            .map(|status: u16| status.to_string())
            .collect();
        if !missing.is_empty() {
            let summary = format!("the operation does not declare {}", missing.join(", "));
            add("answers", summary);
        }
        let mut answers = operation.responses.iter();
        if !answers.any(|answer| CORRELATION.iter().any(|header| answer.declares(header))) {
            let summary = "no answer of the operation declares a header with the request's id";
            add("correlation", summary.to_owned());
        }
    }

    fn add(&mut self, variant: &str, operation: Option<&str>, at: &Place, summary: String) {
        let mut finding = Finding::new(CheckId::Spc01, summary);
        finding.variant = variant.to_owned();
        finding.operation = operation.map(str::to_owned);
        finding.place = Some(place(self.document, at));
        self.findings.push(finding);
    }
}

/// The variant of an operation about which the document is silent: it may be open on purpose,
/// which a scan can tell.
pub(crate) const SECURITY: &str = "security";

/// Headers that carry a request's id.
const CORRELATION: [&str; 5] = [
    "x-request-id",
    "x-correlation-id",
    "request-id",
    "traceparent",
    "traceresponse",
];

fn asks_for_scope(operation: &Operation) -> bool {
    let alternatives = operation.security.alternatives().iter();
    let mut requirements = alternatives.flat_map(|one| &one.requirements);
    requirements.any(|requirement| !requirement.scopes.is_empty())
}

/// Whether an operation declares an answer, by itself or with others.
fn declares(operation: &Operation, status: u16) -> bool {
    let range = format!("{}XX", status / 100);
    let mut codes = operation
        .responses
        .iter()
        .map(|response| response.code.as_str());
    codes.any(|code| {
        code == status.to_string() || code.eq_ignore_ascii_case(&range) || code == "default"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::read;

    fn found(text: &str) -> Vec<String> {
        let spec = read(text.as_bytes()).unwrap();
        let findings = lint("d", &spec).into_iter();
        let shown = findings.map(|f| {
            let operation = f.operation.unwrap_or_default();
            let line = f.place.unwrap().line;
            format!("{line} {} {operation}: {}", f.variant, f.summary)
        });
        shown.collect()
    }

    #[test]
    fn a_document_that_says_all_of_it_has_no_findings() {
        let text = "
openapi: 3.0.0
servers: [{url: 'https://h'}, {url: 'http://localhost:1'}, {url: /v1}]
paths:
  /a:
    get: {security: [{o: [a]}], responses: {'401': &r {headers: {x-Request-ID: {}}}, '403': *r, 4XX: *r}}
    put: {security: [{b: []}], responses: {default: {headers: {traceparent: {}}}}}
    post: {security: []}
components: {securitySchemes: {b: {type: http, scheme: bearer}, o: {type: oauth2, flows: {}}}}
";
        assert_eq!(found(text), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_said_is_named_with_its_line() {
        let text = "
swagger: '2.0'
host: h
schemes: [http]
securityDefinitions: {k: {type: apiKey, in: query, name: key}}
paths:
  /a:
    get: {responses: {'200': {}}}
    put: {security: [{k: []}], responses: {'401': {}}}
    post: {security: [{k: [s]}]}
";
        assert_eq!(
            found(text),
            [
                "8 security GET /a: the document does not say who may call the operation",
                "9 answers PUT /a: the operation does not declare 429",
                "9 correlation PUT /a: no answer of the operation declares a header with the request's id",
                "10 answers POST /a: the operation does not declare 401, 403, 429",
                "10 correlation POST /a: no answer of the operation declares a header with the request's id",
                "3 server : the server http://h is reached over plain http",
                "5 query-key : the scheme `k` puts a key into the query",
            ]
        );
    }
}
