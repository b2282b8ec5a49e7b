//! What the service is told by a file: everything is optional, and what is missing is kept in
//! this process.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use jwtrail_session::Quota;
use serde::Deserialize;

/// The whole file. `orders-api.toml` beside this crate is one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Other issuers whose tokens are taken, too: their keys are found by discovery.
    pub(crate) issuer_discovery: Vec<String>,
    pub(crate) keys: Option<Keys>,
    pub(crate) redis: Option<Redis>,
    pub(crate) dpop: Option<Dpop>,
    pub(crate) limits: Limits,
}

/// What all processes of the service have in common.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// Signs access tokens (HS256): 32 random bytes or more.
    pub(crate) signing: Secret,
    /// Makes refresh tokens: 32 random bytes.
    pub(crate) refresh: Secret,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redis {
    pub(crate) address: Secret,
    /// Hashes what Redis is not to know: 32 random bytes.
    pub(crate) key: Secret,
    /// How long a call may take: half a second if it isn't given.
    pub(crate) deadline_ms: Option<u64>,
    /// Sends a password to another machine without TLS.
    #[serde(default)]
    pub(crate) dangerous_plaintext: bool,
    #[serde(default)]
    pub(crate) limits_when_down: LimitsWhenDown,
}

/// Whether tokens that are bound to a key are taken, with a proof (RFC 9449).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dpop {
    /// Under which origin clients know the service.
    pub(crate) origin: String,
    /// Whether others are refused.
    #[serde(default)]
    pub(crate) required: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LimitsWhenDown {
    #[default]
    Refuse,
    CountLocally,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    pub(crate) per_subject: Option<Rate>,
    pub(crate) per_token: Option<Rate>,
    pub(crate) refreshes_per_subject: Option<Rate>,
    /// By the pattern of the route.
    pub(crate) routes: BTreeMap<String, Rate>,
}

/// So many in a second, minute or hour.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    count: u32,
    per: Period,
    burst: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Period {
    Second,
    Minute,
    Hour,
}

impl Rate {
    pub(crate) fn quota(self) -> Quota {
        let quota = match self.per {
            Period::Second => Quota::per_second(self.count),
            Period::Minute => Quota::per_minute(self.count),
            Period::Hour => Quota::per_hour(self.count),
        };
        quota.burst(self.burst.unwrap_or(self.count))
    }
}

impl Config {
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file);
        let text = text.with_context(|| format!("cannot read {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("{} can't be used", file.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

/// A text that is elsewhere: `@env:NAME` or `@file:PATH`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Secret {
    Variable(String),
    File(String),
}

impl Secret {
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        let text = match self {
            Self::Variable(name) => read_variable(name)?,
            Self::File(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the secret in {path}"))?,
        };
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// 32 bytes, written as 64 hexadecimal digits.
    pub(crate) fn key(&self) -> anyhow::Result<[u8; 32]> {
        let text = self.text()?;
        let mut key = [0; 32];
        let digits = text.as_bytes().chunks_exact(2);
        anyhow::ensure!(text.len() == 64, "{self:?} is not 64 hexadecimal digits");
        for (byte, pair) in key.iter_mut().zip(digits) {
            let pair = std::str::from_utf8(pair).ok();
            let value = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
            *byte = value.with_context(|| format!("{self:?} is not 64 hexadecimal digits"))?;
        }
        Ok(key)
    }
}

impl TryFrom<String> for Secret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Some(name) = text.strip_prefix("@env:") {
            return Ok(Self::Variable(name.to_owned()));
        }
        match text.strip_prefix("@file:") {
            Some(path) => Ok(Self::File(path.to_owned())),
            None => Err("a secret stands elsewhere: write @env:NAME or @file:PATH"),
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "@env:{name}"),
            Self::File(path) => write!(f, "@file:{path}"),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the binary's configuration"
)]
fn read_variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("the secret in the variable {name} is not there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_beside_this_crate_is_a_configuration() {
        let config = Config::parse(include_str!("../orders-api.toml")).unwrap();
        let redis = config.redis.unwrap();
        assert_eq!(redis.limits_when_down, LimitsWhenDown::CountLocally);
        assert!(matches!(redis.address, Secret::Variable(name) if name == "ORDERS_REDIS"));
        let reports = config.limits.routes["/reports/daily"].quota();
        assert_eq!(reports, Quota::per_hour(20).burst(5));
        assert_eq!(config.dpop.unwrap().origin, "https://orders.example");
        assert_eq!(config.issuer_discovery, ["https://login.example"]);
        assert!(config.keys.is_some() && config.limits.per_subject.is_some());
    }

    #[test]
    fn nothing_is_a_configuration_too() {
        let config = Config::parse("").unwrap();
        assert!(
            config.redis.is_none()
                && config.dpop.is_none()
                && config.issuer_discovery.is_empty()
                && config.limits.per_subject.is_none()
        );
    }

    #[test]
    fn a_secret_in_the_file_and_a_key_that_nobody_knows_are_refused() {
        for text in [
            "[redis]\naddress = \"redis://:hunter2@host\"\nkey = \"@env:KEY\"",
            "[limit]",
            "[limits]\nper_subject = { count = 1, per = \"day\" }",
        ] {
            let refused = Config::parse(text).unwrap_err();
            assert!(!refused.to_string().is_empty());
        }
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        let directory = std::env::temp_dir();
        let file = directory.join(format!("jwtrail-orders-key-{}", std::process::id()));
        let secret = Secret::File(file.to_str().unwrap().to_owned());
        for (text, good) in [
            ("00ff".repeat(16), true),
            ("00".to_owned(), false),
            ("zz".repeat(32), false),
        ] {
            std::fs::write(&file, format!("{text}\n")).unwrap();
            assert_eq!(secret.key().is_ok(), good, "{text}");
        }
        std::fs::remove_file(&file).unwrap();
    }
}
