use std::borrow::Cow;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::span::Span;

/// How long events are kept: a span of time, an hour at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Cow<'_, str>")]
pub(crate) struct Age(pub(crate) Duration);

impl TryFrom<Cow<'_, str>> for Age {
    type Error = &'static str;

    fn try_from(text: Cow<'_, str>) -> Result<Self, Self::Error> {
        let Span(age) = Span::try_from(text)?;
        // Services may be an hour behind, and what comes twice is known by what is kept.
        (age >= SHORTEST)
            .then_some(Self(age))
            .ok_or("events are kept for an hour at least: write 1h or more")
    }
}

impl JsonSchema for Age {
    fn schema_name() -> Cow<'static, str> {
        "Age".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A span of time of an hour or more: a whole number with `s`, `m`, `h` or `d` after it.",
            "type": "string",
            "pattern": "^[0-9]+[smhd]$",
        })
    }
}

/// How much is kept: a whole number with `MiB`, `GiB` or `TiB` after it, 64 MiB at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Cow<'_, str>")]
pub(crate) struct Size(pub(crate) u64);

impl TryFrom<Cow<'_, str>> for Size {
    type Error = &'static str;

    fn try_from(text: Cow<'_, str>) -> Result<Self, Self::Error> {
        let bytes =
            bytes(&text).ok_or("a size is a whole number and a unit: 512MiB, 50GiB, 1TiB")?;
        (bytes >= SMALLEST)
            .then_some(Self(bytes))
            .ok_or("the monitor needs room for 64 MiB of events at least: write 64MiB or more")
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A size of 64 MiB or more: a whole number with `MiB`, `GiB` or `TiB` after it.",
            "type": "string",
            "pattern": "^[0-9]+(MiB|GiB|TiB)$",
        })
    }
}

fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(3)?)?;
    let shift = match unit {
        "MiB" => 20,
        "GiB" => 30,
        "TiB" => 40,
        _ => return None,
    };
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = digits.then_some(number)?.parse().ok()?;
    number.checked_mul(1 << shift)
}

const SHORTEST: Duration = Duration::from_secs(60 * 60);
const SMALLEST: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_are_a_size() {
        for (text, bytes) in [("64MiB", 64 << 20), ("50GiB", 50 << 30), ("1TiB", 1 << 40)] {
            assert_eq!(Size::try_from(Cow::from(text)), Ok(Size(bytes)), "{text}");
        }
        for text in [
            "",
            "GiB",
            "10",
            "10 GiB",
            "-1GiB",
            "1.5GiB",
            "10GB",
            "10gib",
            "10Gié",
            "63MiB",
            "0TiB",
            "99999999999999999999GiB",
            "18446744073709551615TiB",
        ] {
            assert!(Size::try_from(Cow::from(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn events_are_kept_for_an_hour_at_least() {
        let hours = |count: u64| Ok(Age(Duration::from_secs(count * 3_600)));
        assert_eq!(Age::try_from(Cow::from("90d")), hours(90 * 24));
        assert_eq!(Age::try_from(Cow::from("60m")), hours(1));
        for text in ["59m", "0d", "90"] {
            assert!(Age::try_from(Cow::from(text)).is_err(), "{text}");
        }
    }
}
