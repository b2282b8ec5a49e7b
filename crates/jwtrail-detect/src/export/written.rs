use yaml_serde::{Mapping, Value};

use super::approximate::Counted;
use crate::hash::Hash;
use crate::parse::Document;

/// The document that selects the events, and its name. Selections that the condition does not
/// name are left out.
pub(super) fn detection(
    main: &Document<'_>,
    part: &Document<'_>,
    condition: &str,
) -> (Mapping, String) {
    let own = |key: &str| part.optional_text(&[key]).unwrap_or_default();
    let name = format!("{}-events", own("name"));
    let mut document = Mapping::new();
    let mut put = |key: &str, value: Value| document.insert(key.into(), value);
    put("title", format!("{}, each event", own("title")).into());
    put("id", id(&name).into());
    put("name", (&*name).into());
    copy(part, main, "status", &mut put);
    copy(part, main, "description", &mut put);
    copy(part, main, "logsource", &mut put);
    let words: Vec<&str> = condition.split([' ', '(', ')']).collect();
    let mut selections = Mapping::new();
    if let Some(Value::Mapping(all)) = part.at(&["detection"]) {
        for (key, value) in all {
            if key.as_str().is_some_and(|key| words.contains(&key)) {
                selections.insert(key.clone(), value.clone());
            }
        }
    }
    selections.insert("condition".into(), condition.into());
    put("detection", Value::Mapping(selections));
    put("level", "informational".into());
    (document, name)
}

/// The document that counts them.
pub(super) fn correlation(
    main: &Document<'_>,
    part: &Document<'_>,
    events: &str,
    counted: &Counted<'_>,
    keys: &[String],
) -> Mapping {
    let mut document = Mapping::new();
    let mut put = |key: &str, value: Value| document.insert(key.into(), value);
    for key in ["title", "id", "name"] {
        copy(part, main, key, &mut put);
    }
    copy(part, main, "status", &mut put);
    copy(part, main, "description", &mut put);
    for key in ["references", "falsepositives", "level"] {
        // What the whole says: a part has no level of its own.
        copy(main, part, key, &mut put);
    }
    let list = |texts: Vec<&str>| Value::Sequence(texts.into_iter().map(Value::from).collect());
    let mut condition = Mapping::new();
    condition.insert("gte".into(), counted.at_least.into());
    if let Some(field) = counted.field {
        condition.insert("field".into(), field.into());
    }
    let mut correlation = Mapping::new();
    correlation.insert("type".into(), counted.kind.into());
    correlation.insert("rules".into(), list(vec![events]));
    let keys = keys.iter().map(String::as_str).collect();
    correlation.insert("group-by".into(), list(keys));
    correlation.insert("timespan".into(), counted.window.into());
    correlation.insert("condition".into(), Value::Mapping(condition));
    put("correlation", Value::Mapping(correlation));
    document
}

/// The documents of a file.
pub(super) fn documents(documents: &[Mapping]) -> String {
    // Texts, numbers, lists and maps always serialize.
    let texts = documents
        .iter()
        .map(|document| yaml_serde::to_string(document).unwrap_or_default());
    texts.collect::<Vec<_>>().join("---\n")
}

/// The same, which says at its head what it does not say.
pub(super) fn with_losses(rule: &str, losses: &[String], text: &str) -> String {
    let mut whole =
        format!("# Not the rule `{rule}` of jwtrail, but what Sigma can say of it. Lost:\n");
    for loss in losses {
        whole.push_str(&format!("# - {loss}\n"));
    }
    whole + text
}

fn copy(
    from: &Document<'_>,
    or: &Document<'_>,
    key: &str,
    put: &mut impl FnMut(&str, Value) -> Option<Value>,
) {
    if let Some(value) = from.at(&[key]).or_else(|| or.at(&[key])) {
        put(key, value.clone());
    }
}

/// A UUID that is the same each time.
fn id(name: &str) -> String {
    let bits = Hash::new("exported").part(name).finish();
    // Version 4 and its variant, which is what tools accept.
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let mut id = String::new();
    for (at, digit) in hex.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}
