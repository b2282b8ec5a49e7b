use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jwtrail_monitor::{MonitorError, RuleResponse};
use schemars::JsonSchema;
use serde::Deserialize;

use super::span::Span;
use crate::failure::Failure;

/// What each rule may do by itself, under its name: `[responses.refresh-reused]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Responses(BTreeMap<String, Response>);

/// What one rule may do by itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    /// Whether it puts the token or family that its alert names under quarantine; `false` if it
    /// isn't given.
    quarantine: Option<bool>,
    /// For how long, such as `30m`; `1h` if it isn't given.
    max: Option<Span>,
    /// The most entries that it makes within an hour; 20 if it isn't given.
    per_hour: Option<u32>,
    #[serde(skip)]
    place: Option<Place>,
}

#[derive(Clone, Debug)]
struct Place {
    file: PathBuf,
    line: usize,
    column: usize,
}

impl Responses {
    /// The rules that respond.
    pub(crate) fn rules(&self) -> BTreeMap<String, RuleResponse> {
        let on = self
            .0
            .iter()
            .filter(|(_, one)| one.quarantine == Some(true));
        on.map(|(rule, one)| {
            let mut response = RuleResponse::default();
            if let Some(Span(max)) = one.max {
                response.max_time = max;
            }
            if let Some(per_hour) = one.per_hour {
                response.per_hour = per_hour;
            }
            (rule.clone(), response)
        })
        .collect()
    }

    /// Where the file speaks of the rule that an error is about.
    pub(crate) fn locate(&self, error: &MonitorError, failure: Failure) -> Failure {
        let MonitorError::Response { rule, .. } = error else {
            return failure;
        };
        match self.0.get(rule).and_then(|one| one.place.as_ref()) {
            Some(place) => failure.at(&place.file, place.line, place.column),
            None => failure,
        }
    }

    pub(super) fn overlay(&mut self, over: Self) {
        for (rule, over) in over.0 {
            let one = self.0.entry(rule).or_default();
            one.quarantine = over.quarantine.or(one.quarantine);
            one.max = over.max.or(one.max);
            one.per_hour = over.per_hour.or(one.per_hour);
        }
    }

    /// Notes where each stands in the file.
    pub(super) fn place(&mut self, path: &Path, text: &str) {
        let Ok(document) = toml::de::DeTable::parse(text) else {
            return;
        };
        let section = document.get_ref().get("responses");
        let section = section.and_then(|value| value.get_ref().as_table());
        for (name, _) in section.into_iter().flatten() {
            let start = name.span().start;
            let before = text.get(..start).unwrap_or(text);
            if let Some(one) = self.0.get_mut(name.get_ref().as_ref()) {
                one.place = Some(Place {
                    file: path.to_owned(),
                    line: before.matches('\n').count() + 1,
                    column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
                });
            }
        }
    }
}

/// The rule and the key that a variable names after `JWTRAIL_RESPONSES_`: a rule's name in
/// capitals with `_` for `-`, `_`, and the key.
pub(super) fn variable(rest: &str) -> Option<(String, &'static str)> {
    RESPONSE_KEYS.iter().find_map(|key| {
        let rule = rest.strip_suffix(&key.to_ascii_uppercase())?;
        let rule = rule.strip_suffix('_').filter(|rule| !rule.is_empty())?;
        Some((rule.to_ascii_lowercase().replace('_', "-"), *key))
    })
}

const RESPONSE_KEYS: &[&str] = &["quarantine", "max", "per_hour"];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_rule_responds_where_it_is_switched_on() {
        let read: Responses = toml::from_str(
            "[a]\nquarantine = true\n[b]\nquarantine = true\nmax = \"30m\"\nper_hour = 3\n\
             [c]\nquarantine = false\n[d]\nmax = \"1h\"\n",
        )
        .unwrap();
        let expected = [
            ("a".to_owned(), RuleResponse::default()),
            (
                "b".to_owned(),
                RuleResponse::new(Duration::from_secs(1_800), 3),
            ),
        ];
        assert_eq!(read.rules(), expected.into());
    }

    #[test]
    fn a_variable_names_rule_and_key() {
        for (rest, expected) in [
            (
                "REFRESH_REUSED_QUARANTINE",
                Some(("refresh-reused", "quarantine")),
            ),
            (
                "TOKEN_REPLAYED_PER_HOUR",
                Some(("token-replayed", "per_hour")),
            ),
            ("X_MAX", Some(("x", "max"))),
            ("_MAX", None),
            ("MAX", None),
            ("X_MIN", None),
        ] {
            let expected = expected.map(|(rule, key)| (rule.to_owned(), key));
            assert_eq!(variable(rest), expected, "{rest}");
        }
    }
}
