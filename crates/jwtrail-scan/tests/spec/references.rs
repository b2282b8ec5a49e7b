use std::collections::HashMap;

use jwtrail_scan::spec::{Remote, read, read_with};

use super::{notes, operation, with_paths};

#[test]
fn references_are_followed_wherever_they_may_stand() {
    let spec = with_paths(
        "  /a: {$ref: '#/components/pathItems/A'}
  /b: {$ref: '#/paths/~1a'}
components:
  pathItems:
    A:
      parameters: [{$ref: '#/components/parameters/P'}]
      get:
        responses:
          '401': {$ref: '#/components/responses/Refused'}
  parameters: {P: {name: p, in: query, schema: {$ref: '#/components/schemas/S%20s'}}}
  schemas: {S s: {type: integer, minimum: 7}}
  responses: {Refused: {headers: {WWW-Authenticate: {}, X-Request-Id: {}}}}
  securitySchemes: {bearer: {$ref: '#/components/securitySchemes/real'}, real: {type: http, scheme: bearer}}
",
    );
    for name in ["GET /a", "GET /b"] {
        let get = operation(&spec, name);
        assert_eq!(get.parameters[0].sample, "7");
        assert!(get.response(401).unwrap().declares("www-authenticate"));
    }
    assert!(spec.schemes["bearer"].kind.bearer());
    assert!(spec.notes.is_empty(), "{:?}", spec.notes);
}

#[test]
fn a_pointer_may_go_through_a_reference() {
    let spec = with_paths(
        "  /a: {get: {parameters: [{$ref: '#/paths/~1b/get/parameters/0'}]}}
  /b: {$ref: '#/x-b'}
x-b: {get: {parameters: [{name: p, in: query, example: 5}]}}
",
    );
    assert_eq!(operation(&spec, "GET /a").parameters[0].sample, "5");
}

#[test]
fn circles_and_dead_ends_are_noted_where_they_stand() {
    let spec = with_paths(
        "  /a: {$ref: '#/paths/~1b'}
  /b: {$ref: '#/paths/~1a'}
  /c: {get: {parameters: [{$ref: '#/nowhere'}, {$ref: other.yml#/p}, {$ref: '#anchor'}]}}
",
    );
    assert_eq!(spec.operations.len(), 1);
    assert_eq!(
        notes(&spec),
        [
            "the reference `#/paths/~1b` leads in a circle",
            "the reference `#/paths/~1a` leads in a circle",
            "the reference `#/nowhere` leads nowhere",
            "the reference `other.yml#/p` is remote; it is not followed",
            "the reference `#anchor` leads nowhere",
        ]
    );
    assert_eq!(
        spec.notes[2].place.to_string(),
        "6:27 /paths/~1c/get/parameters/0"
    );
}

struct Files(HashMap<&'static str, &'static str>);

impl Remote for Files {
    fn fetch(&mut self, address: &str) -> Result<Vec<u8>, String> {
        let text = self.0.get(address).ok_or("no such file")?;
        Ok(text.as_bytes().to_vec())
    }
}

#[test]
fn other_documents_are_followed_when_they_may_be() {
    let text = "openapi: 3.0.0\npaths: {/a: {$ref: 'paths/a.yml'}, /b: {$ref: 'missing.yml'}}\n";
    let mut files = Files(HashMap::from([
        (
            "api/paths/a.yml",
            "get:\n  parameters: [{$ref: '../common.json#/p'}, {name: ''}, 7]\n",
        ),
        (
            "api/common.json",
            "{\"p\": {\"name\": \"p\", \"in\": \"query\", \"example\": 1}}",
        ),
    ]));
    let spec = read_with(text.as_bytes(), "api/spec.yml", &mut files).unwrap();
    let get = operation(&spec, "GET /a");
    assert_eq!(get.parameters[0].sample, "1");
    assert_eq!(get.place.to_string(), "api/paths/a.yml:1:1 /get");
    assert_eq!(
        notes(&spec),
        [
            "cannot fetch `api/missing.yml`: no such file",
            "a parameter in `` is left out",
            "a parameter is a number; it is left out",
            "the reference `missing.yml` is remote; it is not followed",
        ]
    );
    assert!(read(text.as_bytes()).unwrap().operations.is_empty());
}
