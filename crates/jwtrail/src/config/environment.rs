use std::ffi::OsString;

use super::sections::KEYS;
use super::{Configuration, responses};
use crate::failure::Failure;

/// What the environment says: `JWTRAIL_SECTION_KEY` for every key.
///
/// A variable that begins like a section's and names no key of it is refused, as it would be in
/// the file: a misspelt limit must not pass as no limit.
pub(super) fn read(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Configuration, Failure> {
    let mut configuration = Configuration::default();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| concerns_us(name)) else {
            continue;
        };
        if let Some(rest) = name.strip_prefix(RESPONSES) {
            let value = utf8(&value, name)?;
            configuration.overlay(response(rest, value, name)?);
            continue;
        }
        let known = KEYS.iter().find(|(s, k)| variable(s, k) == name);
        let Some((section, key)) = known else {
            let keys: Vec<_> = KEYS.iter().map(|(s, k)| variable(s, k)).collect();
            return Err(
                Failure::usage("the variable names no key of the configuration")
                    .in_variable(name)
                    .remedy(format!("unset it, or use one of {}", keys.join(", "))),
            );
        };
        let value = utf8(&value, name)?;
        configuration.overlay(parsed(section, key, value, name)?);
    }
    Ok(configuration)
}

fn concerns_us(name: &str) -> bool {
    let mut sections = KEYS.iter().map(|(section, _)| variable(section, ""));
    name.starts_with(RESPONSES) || sections.any(|section| name.starts_with(&section))
}

fn utf8<'v>(value: &'v OsString, name: &str) -> Result<&'v str, Failure> {
    let value = value.to_str();
    value.ok_or_else(|| Failure::usage("the variable's value is not UTF-8").in_variable(name))
}

fn variable(section: &str, key: &str) -> String {
    format!("JWTRAIL_{section}_{key}").to_ascii_uppercase()
}

/// One value of `[responses.RULE]`: a number, `true` or `false` as the file has it, or a text.
fn response(rest: &str, value: &str, name: &str) -> Result<Configuration, Failure> {
    let Some((rule, key)) = responses::variable(rest) else {
        return Err(
            Failure::usage("the variable names no key of a rule's response")
                .in_variable(name)
                .remedy(format!(
                    "write it as {RESPONSES}REFRESH_REUSED_QUARANTINE, with the rule's name in \
                     capitals, or _MAX or _PER_HOUR"
                )),
        );
    };
    let plain = value.parse::<u32>().map(toml::Value::from);
    let plain = plain.or_else(|_| value.parse::<bool>().map(toml::Value::from));
    let value = plain.unwrap_or_else(|_| toml::Value::from(value));
    let response = toml::Table::from_iter([(key.to_owned(), value)]);
    let rules = toml::Table::from_iter([(rule, response.into())]);
    document("responses", rules, name)
}

/// One value, by the same types as the file's.
fn parsed(section: &str, key: &str, value: &str, name: &str) -> Result<Configuration, Failure> {
    let plain = value.parse::<u32>().ok().filter(|_| NUMBERS.contains(&key));
    let value = plain.map_or_else(|| toml::Value::from(value), toml::Value::from);
    document(
        section,
        toml::Table::from_iter([(key.to_owned(), value)]),
        name,
    )
}

fn document(section: &str, keys: toml::Table, name: &str) -> Result<Configuration, Failure> {
    let document = toml::Table::from_iter([(section.to_owned(), keys.into())]);
    document.try_into().map_err(|error: toml::de::Error| {
        Failure::usage(error.message())
            .in_variable(name)
            .remedy(super::file::remedy(&error))
    })
}

const RESPONSES: &str = "JWTRAIL_RESPONSES_";
/// Keys whose values are numbers in the file.
const NUMBERS: &[&str] = &["breaker_least"];

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(name: &str, value: &str) -> Result<Configuration, Failure> {
        read([(name.into(), value.into())].into_iter())
    }

    #[test]
    fn every_key_has_its_variable() {
        for (section, key) in KEYS {
            let name = variable(section, key);
            let text =
                read_one(&name, "").map_or_else(|error| error.to_string(), |_| String::new());
            assert!(!text.contains("names no key"), "{name}: {text}");
        }
        let read = read_one("JWTRAIL_SERVE_LISTEN", "127.0.0.1:0").unwrap();
        assert_eq!(read.serve.listen.unwrap().port(), 0);
    }

    #[test]
    fn a_rules_response_has_its_variables() {
        let variables = [("QUARANTINE", "true"), ("MAX", "30m"), ("PER_HOUR", "3")];
        let variables = variables.map(|(key, value)| {
            let name = format!("JWTRAIL_RESPONSES_REFRESH_REUSED_{key}");
            (name.into(), value.into())
        });
        let rules = read(variables.into_iter()).unwrap().responses.rules();
        let half = std::time::Duration::from_secs(1_800);
        assert_eq!(
            rules["refresh-reused"],
            jwtrail_monitor::RuleResponse::new(half, 3)
        );
        let failure = read_one("JWTRAIL_RESPONSES_REFRESH_REUSED", "true").unwrap_err();
        assert!(
            failure
                .to_string()
                .contains("names no key of a rule's response")
        );
        assert!(read_one("JWTRAIL_RESPONSES_X_QUARANTINE", "yes").is_err());
        let read = read_one("JWTRAIL_QUARANTINE_BREAKER_LEAST", "7").unwrap();
        assert_eq!(read.quarantine.breaker_least, Some(7));
    }

    #[test]
    fn other_variables_are_not_ours() {
        read_one("JWTRAIL_LOG", "debug").unwrap();
        read_one("PATH", "/bin").unwrap();
    }

    #[test]
    fn a_misspelt_variable_is_refused() {
        let failure = read_one("JWTRAIL_SERVE_LISEN", "127.0.0.1:0").unwrap_err();
        insta::assert_snapshot!(failure, @r"
        error: the variable names no key of the configuration
         --> the environment's JWTRAIL_SERVE_LISEN
        help: unset it, or use one of JWTRAIL_SERVE_LISTEN, JWTRAIL_SERVE_DATA, JWTRAIL_SERVE_RULES, JWTRAIL_SERVE_DISABLED_RULES, JWTRAIL_SERVE_PUBLIC_URL, JWTRAIL_SERVE_SERVICES, JWTRAIL_SERVE_IMPORTED, JWTRAIL_WEBHOOK_URL, JWTRAIL_WEBHOOK_SECRET, JWTRAIL_RETENTION_MAX_AGE, JWTRAIL_RETENTION_MAX_SIZE, JWTRAIL_QUARANTINE_MAX_TIME, JWTRAIL_QUARANTINE_PROTECTED_SUBJECTS, JWTRAIL_QUARANTINE_BREAKER_LEAST, JWTRAIL_FINGERPRINT_ID, JWTRAIL_FINGERPRINT_KEY
        ");
    }

    #[test]
    fn a_bad_value_is_refused_without_repeating_it() {
        let failure = read_one("JWTRAIL_WEBHOOK_SECRET", "hunter2").unwrap_err();
        insta::assert_snapshot!(failure, @r"
        error: a secret is named as `@file:PATH` or `@env:NAME`, never written out
         --> the environment's JWTRAIL_WEBHOOK_SECRET
        help: `jwtrail schema config` prints every key with its meaning
        ");
    }
}
