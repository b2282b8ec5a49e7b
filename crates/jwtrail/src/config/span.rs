use std::borrow::Cow;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

/// A span of time: a whole number with `s`, `m`, `h` or `d` after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Cow<'_, str>")]
pub(crate) struct Span(pub(crate) Duration);

impl TryFrom<Cow<'_, str>> for Span {
    type Error = &'static str;

    fn try_from(text: Cow<'_, str>) -> Result<Self, Self::Error> {
        read(&text).ok_or("a span of time is a whole number and a unit: 90s, 30m, 12h, 30d")
    }
}

fn read(text: &str) -> Option<Span> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    let number = number
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then_some(number)?;
    let number: u64 = number.parse().ok()?;
    Some(Span(Duration::from_secs(number.checked_mul(seconds)?)))
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A span of time: a whole number with `s`, `m`, `h` or `d` after it.",
            "type": "string",
            "pattern": "^[0-9]+[smhd]$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_are_a_span() {
        for (text, seconds) in [
            ("90s", 90),
            ("30m", 1_800),
            ("12h", 43_200),
            ("30d", 2_592_000),
        ] {
            assert_eq!(read(text).unwrap().0.as_secs(), seconds, "{text}");
        }
        for text in [
            "",
            "s",
            "7",
            "7 d",
            "-7d",
            "+7d",
            "7w",
            "1.5h",
            "7é",
            "99999999999999999999d",
            "18446744073709551615d",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
