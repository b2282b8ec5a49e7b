use serde_json::{Value, json};

use super::Told;

/// A message. What comes from outside can't mention anybody, link, or change how the rest looks.
pub(super) fn body(told: &Told) -> Value {
    let alert = &told.alert;
    let state = match (told.is_over(), told.risen_from()) {
        (true, _) => "resolved".to_owned(),
        (false, Some(before)) => format!("{}, was {before}", alert.severity),
        (false, None) => alert.severity.to_string(),
    };
    let mut text = format!(
        "*[{}] {}*\n`{}` {} events, rule `{}`",
        harmless(&state),
        harmless(&alert.title),
        code(&alert.subject()),
        alert.count,
        code(&alert.rule),
    );
    if !alert.services.is_empty() {
        text.push_str(&format!(
            ", services `{}`",
            code(&alert.services.join(", "))
        ));
    }
    text.push_str(&format!(
        "\n{}\nalert `{}`",
        harmless(&alert.description),
        code(&alert.id)
    ));
    json!({ "text": text })
}

/// Text in which no character begins a mention, a link or markup.
fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // Some chat systems know `@all` without brackets.
            '@' => safe.push_str("@\u{200b}"),
            '*' | '_' | '~' | '`' => safe.extend(['\u{200b}', character]),
            other if other.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

/// The inside of a piece of code.
fn code(text: &str) -> String {
    harmless(&text.replace('`', "'")).replace(['\u{200b}'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_mentioned_and_nothing_is_linked() {
        let text = harmless("<!channel> @all *b* [x](http://a) \n");
        assert!(!text.contains(['<', '>', '\n']), "{text}");
        assert!(!text.contains("@all") && !text.contains(" *b"), "{text}");
        assert_eq!(code("a`b\n<c>"), "a'b &lt;c&gt;");
    }
}
