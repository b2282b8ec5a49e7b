//! SPC-01: the document says how it is protected.

use crate::check::{About, CheckId, Remedy};
use crate::finding::{CheckOutcome, CheckResult, Finding};
use crate::judge::Verdict;
use crate::operations::place;
use crate::run::Run;
use crate::severity::{Severity, SubGrade};
use crate::spec::{Location, Operation, Place, SchemeKind, Security};

pub(crate) const ABOUT: About = About {
    title: "The document says how it is protected",
    probe: "the OpenAPI document",
    expected: "each protected operation names its scheme and declares 401, 403 and 429; https servers; no key in the query",
    why: "what the document does not say clients do not do, and reviewers do not see",
    severity: Some(Severity::Low),
    grade: SubGrade::Enforcement,
    cwe: &[306, 319],
    references: &["OWASP API8:2023", "OWASP API9:2023"],
    remedy: Remedy {
        jwtrail: "document the answers of `JwtAuth` for each operation",
        plain: "declare the security scheme and the answers 401, 403 and 429 for each operation",
    },
};

/// Whether the document says what it must; nothing is sent for it.
pub(crate) fn judge(run: &Run<'_>) -> CheckResult {
    let Some((document, spec)) = &run.options.document else {
        let why = "no OpenAPI document was given; name one with --spec".to_owned();
        return CheckResult::new(CheckId::Spc01, CheckOutcome::NotVerified { why });
    };
    let mut verdict = Verdict::default();
    let mut find = |variant: &str, operation: Option<&str>, at: &Place, summary: String| {
        let mut finding = Finding::new(CheckId::Spc01, summary);
        finding.variant = variant.to_owned();
        finding.operation = operation.map(str::to_owned);
        finding.place = Some(place(document, at));
        verdict.findings.push(finding);
    };
    for operation in &spec.operations {
        let name = operation.name();
        let scanned = run.operations.iter().any(|one| one.name == name);
        if scanned && matches!(operation.security, Security::NotDeclared) {
            let summary = "the operation is protected, and its document does not say so";
            find(
                "security",
                Some(&name),
                &operation.place,
                summary.to_owned(),
            );
        }
        if !operation.security.required() {
            continue;
        }
        let missing: Vec<String> = [401, 403, 429]
            .into_iter()
            // Where no scope is asked for, none can be lacking.
            .filter(|status| *status != 403 || asks_for_scope(operation))
            .filter(|status| !declared(operation, *status))
            .map(|status: u16| status.to_string())
            .collect();
        if !missing.is_empty() {
            let summary = format!("the operation does not declare {}", missing.join(", "));
            find("answers", Some(&name), &operation.place, summary);
        }
    }
    for server in &spec.servers {
        let local = ["http://localhost", "http://127.", "http://[::1]"];
        let plain = server.url.starts_with("http://");
        if plain && !local.iter().any(|start| server.url.starts_with(start)) {
            let summary = format!("the server {} is reached over plain http", server.url);
            find("server", None, &server.place, summary);
        }
    }
    for (name, scheme) in &spec.schemes {
        if let SchemeKind::ApiKey {
            location: Location::Query,
            ..
        } = &scheme.kind
        {
            let summary = format!("the scheme `{name}` puts a key into the query");
            find("query-key", None, &scheme.place, summary);
        }
    }
    let mut result = verdict.result(CheckId::Spc01, true, Vec::new());
    result.operations = (0..run.operations.len()).collect();
    result
}

fn asks_for_scope(operation: &Operation) -> bool {
    let alternatives = operation.security.alternatives().iter();
    let mut requirements = alternatives.flat_map(|one| &one.requirements);
    requirements.any(|requirement| !requirement.scopes.is_empty())
}

/// Whether an operation declares an answer, by itself or with others.
fn declared(operation: &Operation, status: u16) -> bool {
    let range = format!("{}XX", status / 100);
    let mut codes = operation
        .responses
        .iter()
        .map(|response| response.code.as_str());
    codes.any(|code| {
        code == status.to_string() || code.eq_ignore_ascii_case(&range) || code == "default"
    })
}
