use crate::support::Jwtrail;

#[test]
fn what_a_document_does_not_say_is_told_with_its_place() {
    let text = Jwtrail::new()
        .with_file("api.yaml", DOCUMENT)
        .run(&["lint", "api.yaml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 1
    --- stdout
    api.yaml:6:5: low: GET /orders: the operation does not declare 401, 403, 429
    api.yaml:6:5: low: GET /orders: no answer of the operation declares a header with the request's id
    api.yaml:9:5: low: POST /orders: the document does not say who may call the operation
    api.yaml:3:11: low: the server http://api.example is reached over plain http
    api.yaml:14:5: low: the scheme `key` puts a key into the query
    operations: 2, notes: 0
    --- stderr
    error: 5 findings
    ");
}

#[test]
fn a_document_that_says_everything_passes() {
    let text = Jwtrail::new()
        .with_file("api.json", GOOD)
        .run(&["lint", "api.json"]);
    insta::assert_snapshot!(text, @r"
    exit code: 0
    --- stdout
    operations: 1, notes: 0
    --- stderr
    ");
}

#[test]
fn programs_get_json() {
    let text = Jwtrail::new()
        .with_file("api.json", GOOD)
        .run(&["lint", "api.json", "--format", "json"]);
    insta::assert_snapshot!(text, @r#"
    exit code: 0
    --- stdout
    {
      "operations": 1,
      "findings": [],
      "notes": []
    }
    --- stderr
    "#);
}

#[test]
fn what_is_no_document_is_refused() {
    let text = Jwtrail::new()
        .with_file("api.yaml", "just text")
        .run(&["lint", "api.yaml"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: this is no OpenAPI document
     --> api.yaml
    cause: no API document: it has neither `openapi`, nor `swagger`, nor `paths`
    ");
    insta::assert_snapshot!(Jwtrail::new().run(&["lint", "absent.yaml"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: cannot read the OpenAPI document
     --> absent.yaml
    cause: No such file or directory (os error 2)
    ");
}

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: orders, version: '1'}
servers: [{url: 'http://api.example'}]
paths:
  /orders:
    get:
      security: [{bearer: ['orders:read']}]
      responses: {'200': {description: ok}}
    post:
      responses: {'201': {description: ok}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    key: {type: apiKey, in: query, name: api_key}
";

const GOOD: &str = r#"{
  "openapi": "3.1.0",
  "info": { "title": "orders", "version": "1" },
  "paths": {
    "/orders": {
      "get": {
        "security": [{ "bearer": ["orders:read"] }],
        "responses": {
          "200": { "description": "ok", "headers": { "X-Request-Id": {} } },
          "401": { "description": "no" },
          "403": { "description": "no" },
          "429": { "description": "no" }
        }
      }
    }
  },
  "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } } }
}"#;
