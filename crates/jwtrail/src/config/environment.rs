use std::ffi::OsString;

use super::Configuration;
use super::sections::KEYS;
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
        let known = KEYS.iter().find(|(s, k)| variable(s, k) == name);
        let Some((section, key)) = known else {
            let keys: Vec<_> = KEYS.iter().map(|(s, k)| variable(s, k)).collect();
            return Err(
                Failure::usage("the variable names no key of the configuration")
                    .in_variable(name)
                    .remedy(format!("unset it, or use one of {}", keys.join(", "))),
            );
        };
        let value = value
            .to_str()
            .ok_or_else(|| Failure::usage("the variable's value is not UTF-8").in_variable(name))?;
        configuration.overlay(parsed(section, key, value, name)?);
    }
    Ok(configuration)
}

fn concerns_us(name: &str) -> bool {
    KEYS.iter()
        .any(|(section, _)| name.starts_with(&variable(section, "")))
}

fn variable(section: &str, key: &str) -> String {
    format!("JWTRAIL_{section}_{key}").to_ascii_uppercase()
}

/// One value, by the same types as the file's.
fn parsed(section: &str, key: &str, value: &str, name: &str) -> Result<Configuration, Failure> {
    let entry = |value| toml::Table::from_iter([(key.to_owned(), value)]);
    let document = toml::Table::from_iter([(
        section.to_owned(),
        entry(toml::Value::String(value.to_owned())).into(),
    )]);
    document.try_into().map_err(|error: toml::de::Error| {
        Failure::usage(error.message())
            .in_variable(name)
            .remedy("`jwtrail schema config` prints every key with its meaning")
    })
}

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
        help: unset it, or use one of JWTRAIL_SERVE_LISTEN, JWTRAIL_SERVE_DATA, JWTRAIL_SERVE_RULES, JWTRAIL_SERVE_PUBLIC_URL, JWTRAIL_SERVE_SERVICES, JWTRAIL_WEBHOOK_URL, JWTRAIL_WEBHOOK_SECRET, JWTRAIL_QUARANTINE_MAX_TIME, JWTRAIL_QUARANTINE_PROTECTED_SUBJECTS, JWTRAIL_FINGERPRINT_ID, JWTRAIL_FINGERPRINT_KEY
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
