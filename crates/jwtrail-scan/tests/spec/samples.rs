use jwtrail_scan::spec::{Location, Operation};
use serde_json::json;

use super::{operation, spec, with_paths};

fn sample(operation: &Operation, name: &str) -> String {
    let parameter = operation
        .parameters
        .iter()
        .find(|p| p.name == name)
        .unwrap();
    parameter.sample.clone()
}

#[test]
fn a_parameter_has_a_value_to_send() {
    let spec = with_paths(
        "  /a/{id}/{undeclared}:
    parameters:
      - {name: id, in: path, schema: {type: string, format: uuid}}
      - {name: shared, in: query, example: path}
    get:
      parameters:
        - {name: shared, in: query, example: own}
        - {name: example, in: query, schema: {type: string, example: e}}
        - {name: examples, in: query, examples: {a: {$ref: '#/components/examples/a'}}}
        - {name: default, in: query, schema: {type: integer, default: 25}}
        - {name: enum, in: query, schema: {enum: [one, two]}}
        - {name: bounded, in: query, schema: {type: integer, minimum: 10, maximum: 20}}
        - {name: most, in: query, schema: {type: number, maximum: 0.5}}
        - {name: list, in: query, schema: {type: array, items: {type: boolean}}}
        - {name: length, in: header, schema: {type: string, minLength: 9}}
        - {name: short, in: header, schema: {type: string, maxLength: 2}}
        - {name: content, in: query, content: {application/json: {schema: {type: integer}}}}
        - {name: either, in: query, schema: {type: ['null', integer]}}
        - {name: nothing, in: cookie}
components: {examples: {a: {value: shown}}}
",
    );
    let get = &spec.operations[0];
    for (name, expected) in [
        ("id", "00000000-0000-4000-8000-000000000001"),
        ("undeclared", "1"),
        ("shared", "own"),
        ("example", "e"),
        ("examples", "shown"),
        ("default", "25"),
        ("enum", "one"),
        ("bounded", "10"),
        ("most", "0.5"),
        ("list", "true"),
        ("length", "exampleaa"),
        ("short", "ex"),
        ("content", "1"),
        ("either", "1"),
        ("nothing", ""),
    ] {
        assert_eq!(sample(get, name), expected, "{name}");
    }
    let given: Vec<&str> = get
        .parameters
        .iter()
        .filter(|p| p.sample_is_given)
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(given, ["shared", "example", "examples", "default", "enum"]);
    assert!(
        get.parameters
            .iter()
            .all(|p| p.required == (p.location == Location::Path))
    );
    assert_eq!(spec.notes.len(), 1, "{:?}", spec.notes);
}

#[test]
fn a_body_has_what_it_must_have() {
    let spec = with_paths(
        "  /a:
    post:
      requestBody:
        required: true
        content:
          application/xml: {}
          application/json: {schema: {$ref: '#/components/schemas/Order'}}
    put: {requestBody: {content: {application/json: {example: {a: 1}, schema: {type: string}}}}}
components:
  schemas:
    Order:
      allOf:
        - type: object
          required: [item, lines]
          properties:
            item: {type: string}
            note: {type: string}
            lines: {type: array, items: {$ref: '#/components/schemas/Line'}}
        - {properties: {id: {type: integer, readOnly: true}, count: {type: integer}}}
    Line:
      type: object
      properties: {order: {$ref: '#/components/schemas/Order'}, price: {type: number}}
",
    );
    let body = operation(&spec, "POST /a").body.as_ref().unwrap();
    assert_eq!(
        (body.content_type.as_str(), body.required),
        ("application/json", true)
    );
    let expected = json!({"item": "example", "lines": [{"price": 1.5}], "count": 1});
    assert_eq!(body.sample, Some(expected));
    let body = operation(&spec, "PUT /a").body.as_ref().unwrap();
    assert_eq!(body.sample, Some(json!({"a": 1})));
}

#[test]
fn swagger_has_its_body_among_the_parameters() {
    let spec = spec(
        "swagger: '2.0'
consumes: [application/xml, application/json]
paths:
  /a:
    post: {parameters: [{in: body, name: b, required: true, schema: {$ref: '#/definitions/D'}}]}
    put: {parameters: [{in: formData, name: f, type: integer}, {in: query, name: q, type: string, enum: [x]}]}
    patch: {parameters: [{in: formData, name: f, type: file}]}
definitions: {D: {properties: {x: {type: integer}}}}
",
    );
    let body = |name| operation(&spec, name).body.clone().unwrap();
    assert_eq!(body("POST /a").content_type, "application/json");
    assert_eq!(body("POST /a").sample, Some(json!({"x": 1})));
    assert_eq!(
        body("PUT /a").content_type,
        "application/x-www-form-urlencoded"
    );
    assert_eq!(body("PUT /a").sample, Some(json!({"f": 1})));
    assert_eq!(sample(operation(&spec, "PUT /a"), "q"), "x");
    assert_eq!(body("PATCH /a").content_type, "multipart/form-data");
}

#[test]
fn a_schema_that_doubles_at_each_step_ends() {
    let mut text = String::from(
        "  /a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/S0'}}}}}}\ncomponents:\n  schemas:\n",
    );
    for n in 0..60 {
        let next = format!("{{$ref: '#/components/schemas/S{}'}}", n + 1);
        text.push_str(&format!(
            "    S{n}: {{properties: {{a: {next}, b: {next}, c: {next}}}}}\n"
        ));
    }
    let spec = with_paths(&text);
    assert!(spec.operations[0].body.is_some());
}

#[test]
fn an_operation_can_be_called() {
    let spec = with_paths(
        "  /a/{id}/b{?x}:
    post:
      parameters:
        - {name: id, in: path, required: true, example: 'a/b c'}
        - {name: q, in: query, required: true, example: 'x&y'}
        - {name: optional, in: query, example: z}
        - {name: X-Version, in: header, required: true, example: '2'}
        - {name: Authorization, in: header, required: true, example: 'Bearer x'}
",
    );
    let post = &spec.operations[0];
    assert_eq!(post.target(), "/a/a%2Fb%20c/b?q=x%26y");
    assert_eq!(post.headers(), [("X-Version", "2")]);
}
