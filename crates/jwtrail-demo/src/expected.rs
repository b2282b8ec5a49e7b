use serde::Deserialize;

/// An alert that an attack must cause: the rule, and whom it must name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpectedAlert {
    pub(crate) rule: &'static str,
    pub(crate) key: ExpectedKey,
}

/// Whom an alert must name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExpectedKey {
    Address(String),
    Subject { iss: String, sub: String },
    Token { iss: String, jti: String },
    Family(String),
}

impl ExpectedAlert {
    pub(crate) fn is(&self, rule: &str, key: &AlertKey) -> bool {
        self.rule == rule && self.key.is(key)
    }
}

impl ExpectedKey {
    fn is(&self, key: &AlertKey) -> bool {
        let same = |field: &Option<String>, value: &str| field.as_deref() == Some(value);
        match self {
            Self::Address(address) => same(&key.address, address),
            Self::Subject { iss, sub } => same(&key.iss, iss) && same(&key.sub, sub),
            Self::Token { iss, jti } => same(&key.iss, iss) && same(&key.jti, jti),
            Self::Family(family) => same(&key.family, family),
        }
    }
}

/// An alert's key, as the monitor gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct AlertKey {
    pub(crate) display: String,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    jti: Option<String>,
    #[serde(default)]
    family: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_expected_by_rule_and_key_together() {
        let expected = ExpectedAlert {
            rule: "scope-probing",
            key: ExpectedKey::Subject {
                iss: "i".to_owned(),
                sub: "eve".to_owned(),
            },
        };
        let key = |json| serde_json::from_value::<AlertKey>(json).unwrap();
        let eve = key(serde_json::json!({ "display": "eve (i)", "iss": "i", "sub": "eve" }));
        assert!(expected.is("scope-probing", &eve));
        assert!(!expected.is("key-probing", &eve));
        for other in [
            serde_json::json!({ "display": "eve (j)", "iss": "j", "sub": "eve" }),
            serde_json::json!({ "display": "ada (i)", "iss": "i", "sub": "ada" }),
            serde_json::json!({ "display": "eve (i)", "iss": "i", "jti": "eve" }),
            serde_json::json!({ "display": "eve (i)" }),
        ] {
            assert!(!expected.is("scope-probing", &key(other)));
        }
    }
}
