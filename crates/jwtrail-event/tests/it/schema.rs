//! The published schema: up to date, and true of what is written.

use jwtrail_event::{EventName, FIELD_NAMES, Reason, event_schema};
use serde_json::{Value, json};

use crate::every_event;

fn schema() -> Value {
    serde_json::from_str(&event_schema()).unwrap()
}

#[test]
fn the_published_file_is_up_to_date() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../schemas/event.schema.json"
    );
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        published == event_schema(),
        "schemas/event.schema.json is not what the types say; run `cargo xtask generate`"
    );
}

#[test]
fn every_field_and_every_member_of_a_set_is_described() {
    let schema = schema();
    let fields = schema["properties"].as_object().unwrap();
    assert_eq!(fields.len(), FIELD_NAMES.len());
    for (name, field) in fields {
        assert!(
            field["description"]
                .as_str()
                .is_some_and(|text| text.len() > 3),
            "{name}"
        );
    }
    for (set, members) in [
        (
            "Reason",
            Reason::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>(),
        ),
        (
            "EventName",
            EventName::ALL.iter().map(|e| e.as_str()).collect(),
        ),
    ] {
        let list = schema["$defs"][set]["oneOf"].as_array().unwrap();
        let names: Vec<_> = list.iter().map(|m| m["const"].as_str().unwrap()).collect();
        assert_eq!(names, members);
        let described =
            |member: &Value| member["description"].as_str().is_some_and(|d| d.len() > 5);
        assert!(list.iter().all(described), "{set}");
    }
}

#[test]
fn fields_of_a_newer_writer_are_allowed() {
    assert_ne!(schema()["additionalProperties"], json!(false));
}

#[test]
fn every_record_follows_the_schema() {
    let schema = schema();
    every_event::each(|record| {
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        let value: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(check(&schema, &schema, &value, ""), Vec::<String>::new());
    });
}

#[test]
fn what_does_not_follow_the_schema_is_found() {
    let schema = schema();
    every_event::each(|record| {
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        let good: Value = serde_json::from_slice(&line).unwrap();
        for (field, wrong) in [
            ("seq", json!("1")),
            ("seq", json!(-1)),
            ("event", json!("token.lost")),
            ("trust", json!("full")),
            ("token_sub", json!(7)),
            ("steps", json!("parse:ok")),
            ("steps", json!([1])),
            ("counts", json!({ "accepted": "1" })),
        ] {
            let mut bad = good.clone();
            bad[field] = wrong;
            assert_ne!(
                check(&schema, &schema, &bad, ""),
                Vec::<String>::new(),
                "{field}"
            );
        }
        let mut bad = good;
        bad.as_object_mut().unwrap().remove("seq");
        assert_eq!(check(&schema, &schema, &bad, ""), ["/seq is missing"]);
    });
}

/// As much of JSON Schema as our schema uses: what is wrong with a value, and where.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                wrong.extend(check(root, &root["$defs"][name], value, at));
            }
            "type" => {
                let types = rule
                    .as_array()
                    .cloned()
                    .unwrap_or_else(|| vec![rule.clone()]);
                if !types
                    .iter()
                    .any(|name| has_type(value, name.as_str().unwrap()))
                {
                    wrong.push(format!("{at} is not of type {rule}"));
                }
            }
            "oneOf" | "anyOf" => {
                let choices = rule.as_array().unwrap();
                let right = |choice: &&Value| check(root, choice, value, at).is_empty();
                if choices.iter().filter(right).count() != 1 {
                    wrong.push(format!("{at} is none of the choices"));
                }
            }
            "const" if value != rule => wrong.push(format!("{at} is not {rule}")),
            "minimum" if value.as_f64() < rule.as_f64() => {
                wrong.push(format!("{at} is too small"));
            }
            "maximum" if value.as_f64() > rule.as_f64() => {
                wrong.push(format!("{at} is too large"));
            }
            "required" => {
                let names = rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|name| name.as_str().unwrap());
                let missing = names.filter(|name| value.get(name).is_none());
                wrong.extend(missing.map(|name| format!("{at}/{name} is missing")));
            }
            "properties" => {
                for (name, field) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        wrong.extend(check(root, field, value, &format!("{at}/{name}")));
                    }
                }
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    wrong.extend(check(root, rule, item, &format!("{at}[]")));
                }
            }
            "$schema" | "$defs" | "title" | "description" | "format" | "pattern" | "const"
            | "minimum" | "maximum" => {}
            other => wrong.push(format!("{at}: this test does not know the keyword {other}")),
        }
    }
    wrong
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    }
}
