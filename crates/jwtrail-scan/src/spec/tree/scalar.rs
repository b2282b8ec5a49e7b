use std::borrow::Cow;

use serde_json::Number;

use super::Value;

/// What a plain scalar of YAML means (YAML 1.2.2 section 10.3.2, the core schema).
pub(super) fn plain(text: Cow<'_, str>) -> Value<'_> {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        other => match number(other) {
            Some(number) => Value::Number(number),
            None => Value::Text(text),
        },
    }
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(Number::from);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().map(Number::from);
    }
    if let Ok(number) = text.parse::<u64>() {
        return Some(number.into());
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.into());
    }
    let decimal = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    if !digits.contains(|c: char| c.is_ascii_digit()) || !digits.chars().all(decimal) {
        return None;
    }
    Number::from_f64(text.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_the_core_schema_says() {
        let shown = |text: &str| match plain(Cow::Owned(text.to_owned())) {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => format!("bool {value}"),
            Value::Number(number) => format!("number {number}"),
            Value::Text(text) => format!("text {text}"),
            Value::List(_) | Value::Map(_) => unreachable!(),
        };
        for (text, meaning) in [
            ("~", "null"),
            ("True", "bool true"),
            ("yes", "text yes"),
            ("200", "number 200"),
            ("-7", "number -7"),
            ("0x1F", "number 31"),
            ("0o17", "number 15"),
            ("1.50", "number 1.5"),
            (".5e1", "number 5.0"),
            ("3.0.0", "text 3.0.0"),
            ("2024-01-01", "text 2024-01-01"),
            (".", "text ."),
            (".inf", "text .inf"),
            ("infinity", "text infinity"),
            ("1e999", "text 1e999"),
        ] {
            assert_eq!(shown(text), meaning, "{text}");
        }
    }
}
