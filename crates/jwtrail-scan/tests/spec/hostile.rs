use jwtrail_scan::spec::{Spec, SpecError, read};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::spec;

/// Every place that is told lies in the document.
fn sane(text: &[u8], spec: &Spec) {
    let lines = text.iter().filter(|byte| **byte == b'\n').count() + 2;
    for operation in &spec.operations {
        assert!((1..=lines).contains(&(operation.place.line as usize)));
        assert!(operation.place.column > 0);
        assert!(operation.path.starts_with('/'));
        assert!(!operation.target().contains(char::is_whitespace));
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let yaml = "[\\[\\]{}:,&*!|>'\"%@`#?\n \ta-c0-9<-]{0,200}";
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        yaml.prop_map(String::into_bytes),
        yaml.prop_map(
            |rest| format!("openapi: 3.0.0\npaths:\n  /a:\n    get:\n{rest}").into_bytes()
        ),
    ]
}

/// Documents that are made of the right words in the wrong places.
fn scrambled() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("$ref"),
        Just("get"),
        Just("parameters"),
        Just("security"),
        Just("responses"),
        Just("schema"),
        Just("name"),
        Just("in"),
        Just("type"),
        Just("properties"),
        Just("items"),
        Just("allOf"),
        Just("content"),
        Just("requestBody"),
        Just("servers"),
        Just("url"),
        Just("/a/{b}"),
        Just("application/json"),
        Just("enum"),
        Just("examples"),
        Just("headers"),
        Just("flows"),
        Just("scopes"),
        Just("variables"),
        Just("required"),
        Just("minimum"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!("#/paths/~1a~1{b}")),
        Just(json!("#/components")),
        Just(json!("#")),
        Just(json!("path")),
        Just(json!("string")),
        Just(json!("{a}{")),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    let node = leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((word.clone(), inner), 0..6).prop_map(|entries| {
                let entries = entries
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                Value::Object(entries.collect())
            }),
        ]
    });
    let keys = [
        "paths",
        "components",
        "securityDefinitions",
        "security",
        "servers",
        "host",
    ];
    (
        proptest::collection::vec(node, keys.len()),
        prop_oneof![Just("2.0"), Just("3.0.0"), Just("3.1.0")],
    )
        .prop_map(move |(nodes, version)| {
            let mut document = serde_json::Map::new();
            document.insert("openapi".to_owned(), version.into());
            for (key, node) in keys.into_iter().zip(nodes) {
                document.insert(key.to_owned(), node);
            }
            document.into()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_it_panic(bytes in bytes()) {
        if let Ok(spec) = read(&bytes) {
            sane(&bytes, &spec);
        }
    }

    #[test]
    fn no_document_makes_it_fail(document in scrambled()) {
        for text in [document.to_string(), format!("{document:#}")] {
            let spec = read(text.as_bytes()).unwrap();
            sane(text.as_bytes(), &spec);
        }
    }

    #[test]
    fn json_and_yaml_say_the_same(document in scrambled()) {
        let as_json = read(document.to_string().as_bytes()).unwrap();
        // A YAML parser reads JSON, and never begins with a brace here.
        let yaml = format!("--- {document}");
        let as_yaml = read(yaml.as_bytes()).unwrap();
        prop_assert_eq!(names(&as_json), names(&as_yaml));
        prop_assert_eq!(as_json.schemes.len(), as_yaml.schemes.len());
        prop_assert_eq!(as_json.notes.len(), as_yaml.notes.len());
    }
}

fn names(spec: &Spec) -> Vec<(String, String)> {
    let operations = spec.operations.iter();
    operations
        .map(|o| (o.name(), o.place.pointer.clone()))
        .collect()
}

#[test]
fn a_deep_document_is_read_as_far_as_it_goes() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let json = format!(
        "{{\"openapi\": \"3.0.0\", \"x\": {deep}, \"paths\": {{\"/a\": {{\"get\": {{}}}}}}}}"
    );
    assert_eq!(spec(&json).operations.len(), 1);
    for yaml in [
        format!("x: {deep}"),
        "- ".repeat(200_000),
        "{a: ".repeat(200_000),
    ] {
        let error = read(yaml.as_bytes()).unwrap_err();
        assert!(matches!(error, SpecError::Syntax { .. }), "{error}");
    }
}

#[test]
fn a_schema_that_holds_itself_ends() {
    let spec = spec(
        r##"{"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": {"content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}}},
        "components": {"schemas": {"A": {"type": "object", "properties": {
            "a": {"$ref": "#/components/schemas/A"},
            "all": {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]}}},
            "B": {"$ref": "#/components/schemas/B"}}}}"##,
    );
    let body = spec.operations[0].body.as_ref().unwrap();
    assert_eq!(body.sample, Some(json!({})));
    assert!(spec.notes.is_empty(), "{:?}", spec.notes);
}

#[test]
fn a_bomb_of_aliases_does_not_go_off() {
    let mut text =
        "openapi: 3.0.0\npaths: {/a: {get: {}}}\nx0: &x0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..200 {
        let aliases = vec![format!("*x{}", n - 1); 9].join(", ");
        text.push_str(&format!("x{n}: &x{n} [{aliases}]\n"));
    }
    let spec = spec(&text);
    assert_eq!(spec.operations.len(), 1);
    assert!(!spec.notes.is_empty());
}

#[test]
fn a_document_has_a_limit() {
    let long = vec![b' '; (128 << 20) + 1];
    assert!(matches!(read(&long), Err(SpecError::TooLarge { .. })));
}
