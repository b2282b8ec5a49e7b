use jwtrail_scan::spec::{Location, SchemeKind, Security, Spec, Version};

use super::{notes, operation, spec, with_paths};

fn shown(spec: &Spec, name: &str) -> String {
    let security = &operation(spec, name).security;
    let ways: Vec<String> = security
        .alternatives()
        .iter()
        .map(|way| {
            let all = way.requirements.iter();
            let all = all.map(|r| format!("{}[{}]", r.scheme, r.scopes.join(" ")));
            all.collect::<Vec<_>>().join("+")
        })
        .collect();
    let kind = match security {
        Security::Required(_) => "required",
        Security::Optional(_) => "optional",
        Security::Open => "open",
        Security::NotDeclared => "not declared",
        _ => "new",
    };
    format!("{kind} {}", ways.join(" or ")).trim().to_owned()
}

#[test]
fn an_operation_says_it_itself_or_the_document_does() {
    let spec = with_paths(
        "  /a:
    get: {}
    post: {security: [{key: [], oauth: ['a:w', 'b:w']}, {bearer: []}]}
    put: {security: []}
    patch: {security: [{}, {bearer: []}]}
    delete: {security: [{}]}
security: [{bearer: []}]
components:
  securitySchemes:
    bearer: {type: http, scheme: Bearer, bearerFormat: JWT}
    key: {type: apiKey, in: query, name: k}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {'a:w': '', 'b:w': ''}}}}
",
    );
    assert_eq!(shown(&spec, "GET /a"), "required bearer[]");
    assert_eq!(
        shown(&spec, "POST /a"),
        "required key[]+oauth[a:w b:w] or bearer[]"
    );
    assert_eq!(shown(&spec, "PUT /a"), "open");
    assert_eq!(shown(&spec, "PATCH /a"), "optional bearer[]");
    assert_eq!(shown(&spec, "DELETE /a"), "open");
    assert!(spec.notes.is_empty(), "{:?}", spec.notes);
    let kind = |name: &str| &spec.schemes[name].kind;
    let format = Some("JWT".to_owned());
    assert_eq!(*kind("bearer"), SchemeKind::Bearer { format });
    let name = "k".to_owned();
    let location = Location::Query;
    assert_eq!(*kind("key"), SchemeKind::ApiKey { location, name });
    let SchemeKind::OAuth2(flows) = kind("oauth") else {
        panic!()
    };
    assert_eq!(flows[0].name, "clientCredentials");
    assert_eq!(flows[0].token_url.as_deref(), Some("/token"));
    assert_eq!(flows[0].scopes, ["a:w", "b:w"]);
}

#[test]
fn silence_is_not_declared_and_never_public() {
    let silent =
        with_paths("  /a:\n    get: {}\n    put: {security: []}\n    post: {security: [{}]}\n");
    for name in ["GET /a", "PUT /a", "POST /a"] {
        assert_eq!(shown(&silent, name), "not declared", "{name}");
    }
    let beside = with_paths(
        "  /a: {get: {}}\ncomponents: {securitySchemes: {b: {type: http, scheme: bearer}}}\n",
    );
    assert_eq!(shown(&beside, "GET /a"), "not declared");
}

#[test]
fn a_requirement_that_cannot_be_read_does_not_open_the_operation() {
    let spec = with_paths(
        "  /a:\n    get: {security: [bearer]}\n    put: {security: bearer}\n    post: {security: [{other: []}]}\ncomponents: {securitySchemes: {bearer: {type: http, scheme: bearer}}}\n",
    );
    assert_eq!(shown(&spec, "GET /a"), "not declared");
    assert_eq!(shown(&spec, "PUT /a"), "not declared");
    assert_eq!(shown(&spec, "POST /a"), "required other[]");
    assert_eq!(
        notes(&spec),
        [
            "a security requirement is a text; it is left out",
            "`security` is a text; it is left out",
            "the security scheme `other` is not declared",
        ]
    );
}

#[test]
fn swagger_has_older_words_for_the_same() {
    let spec = spec(
        "swagger: 2.0
security: [{oauth: [read]}]
securityDefinitions:
  basic: {type: basic}
  key: {type: apiKey, in: header, name: Authorization}
  oauth: {type: oauth2, flow: application, tokenUrl: https://a/t, scopes: {read: r}}
paths: {/a: {get: {}}}
",
    );
    assert_eq!(spec.version, Version::V2_0);
    assert_eq!(shown(&spec, "GET /a"), "required oauth[read]");
    assert_eq!(spec.schemes["basic"].kind, SchemeKind::Basic);
    assert!(
        spec.schemes["key"].kind.bearer(),
        "it has no other word for it"
    );
    let SchemeKind::OAuth2(flows) = &spec.schemes["oauth"].kind else {
        panic!()
    };
    assert_eq!(flows[0].name, "clientCredentials");
}
