use serde::{Deserialize, Serialize};

/// The fields that a service owes, by name and version.
///
/// A team can write its own, as TOML or JSON of this form; a field's name is one of the audit
/// event ([`jwtrail_event::FIELD_NAMES`]).
///
/// ```
/// use jwtrail_scan::Standard;
/// let minimum = Standard::minimum();
/// assert_eq!(minimum.label(), "minimum 1");
/// assert!(minimum.failure.contains(&"reason".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Standard {
    /// Its name.
    pub name: String,
    /// Its version, counted up with every change.
    pub version: u32,
    /// What every decision's record must have.
    pub always: Vec<String>,
    /// What a record must have when the token's signature held.
    #[serde(default)]
    pub signed: Vec<String>,
    /// What a record of a refusal must have.
    #[serde(default)]
    pub failure: Vec<String>,
    /// What a record must have when a scope was required.
    #[serde(default)]
    pub scope: Vec<String>,
    /// What a record of a refresh must have.
    #[serde(default)]
    pub refresh: Vec<String>,
}

impl Standard {
    /// What any audit needs: whose token, the outcome and why, when, and which request.
    #[must_use]
    pub fn minimum() -> Self {
        Self {
            name: "minimum".to_owned(),
            version: 1,
            always: names(&["time", "outcome", "correlation_id"]),
            signed: names(&["token_jti", "token_sub", "token_scope"]),
            failure: names(&["reason"]),
            scope: Vec::new(),
            refresh: names(&["time", "outcome"]),
        }
    }

    /// The minimum, and route, address, trust, the scopes asked for and missing, refresh ids.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            name: "strict".to_owned(),
            version: 1,
            always: names(&[
                "time",
                "outcome",
                "correlation_id",
                "kind",
                "event",
                "trust",
                "method",
                "route",
                "client_ip",
            ]),
            signed: names(&["token_jti", "token_sub", "token_scope"]),
            failure: names(&["reason"]),
            scope: names(&["required_scope", "missing_scope"]),
            refresh: names(&[
                "time",
                "outcome",
                "correlation_id",
                "token_jti",
                "previous_jti",
                "refresh_family",
            ]),
        }
    }

    /// Name and version.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// A field that no record can have, if one is asked for.
    #[must_use]
    pub fn unknown_field(&self) -> Option<&str> {
        [
            &self.always,
            &self.signed,
            &self.failure,
            &self.scope,
            &self.refresh,
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .find(|name| !jwtrail_event::FIELD_NAMES.contains(name))
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_ask_for_fields_that_there_are() {
        for standard in [Standard::minimum(), Standard::strict()] {
            assert_eq!(standard.unknown_field(), None);
        }
        let mut own = Standard::minimum();
        own.always.push("colour".to_owned());
        assert_eq!(own.unknown_field(), Some("colour"));
    }
}
