use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Where a secret is: `@file:PATH` or `@env:NAME`. The secret itself is never written down in a
/// configuration or on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    File(PathBuf),
    Env(String),
}

impl SecretSource {
    /// Reads the secret, without the line break at its end.
    pub(crate) fn read(&self) -> Result<Secret, Failure> {
        let bytes = match self {
            Self::File(path) => read_file(path)?,
            Self::Env(name) => {
                let value = std::env::var_os(name).ok_or_else(|| {
                    Failure::usage(format!("the variable {name} is not set"))
                        .remedy(format!("set {name}, or name another source of the secret"))
                })?;
                value.into_encoded_bytes()
            }
        };
        let mut bytes = Zeroizing::new(bytes);
        while bytes.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            bytes.pop();
        }
        if bytes.is_empty() {
            return Err(Failure::usage(format!("{self} is empty")));
        }
        Ok(Secret(bytes))
    }
}

impl std::str::FromStr for SecretSource {
    type Err = NotASource;

    fn from_str(text: &str) -> Result<Self, NotASource> {
        match text.split_once(':') {
            Some(("@file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("@env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            _ => Err(NotASource),
        }
    }
}

/// What stands on a command line where the source of a secret should: perhaps, by mistake, the
/// secret itself. So clap does not parse it, which would repeat it.
#[derive(Clone)]
pub(crate) struct NamedSecret(OsString);

impl NamedSecret {
    /// The source that it names.
    pub(crate) fn source(&self) -> Result<SecretSource, Failure> {
        let named = self.0.to_string_lossy();
        named
            .parse()
            .map_err(|error: NotASource| Failure::usage(error.to_string()))
    }
}

impl From<OsString> for NamedSecret {
    fn from(text: OsString) -> Self {
        Self(text)
    }
}

impl fmt::Debug for NamedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NamedSecret(..)")
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for SecretSource {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SecretSource".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^@(file|env):." })
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "@file:{}", path.display()),
            Self::Env(name) => write!(f, "@env:{name}"),
        }
    }
}

/// Text that names no source. It is not repeated: it may be the secret itself.
#[derive(Debug, thiserror::Error)]
#[error("a secret is named as `@file:PATH` or `@env:NAME`, never written out")]
pub(crate) struct NotASource;

/// A secret, wiped when dropped; it cannot be printed, serialized or compared.
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The bytes, for the one place that has to use them.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Refuses a secret that could be guessed.
    pub(crate) fn checked(self, source: &SecretSource) -> Result<Self, Failure> {
        let mut distinct = self.0.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let problem = if self.0.len() < MIN_KEY {
            format!("has {} bytes, a key needs at least {MIN_KEY}", self.0.len())
        } else if distinct.len() < MIN_DISTINCT {
            format!(
                "is made of {} different bytes and can be guessed",
                distinct.len()
            )
        } else {
            return Ok(self);
        };
        let kind = match source {
            SecretSource::File(path) => Failure::usage(format!("the key {problem}")).in_file(path),
            SecretSource::Env(name) => {
                Failure::usage(format!("the key {problem}")).in_variable(name)
            }
        };
        Err(kind.remedy("make one with `openssl rand -base64 32`"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage("cannot read the secret")
            .in_file(path)
            .because(&error)
            .remedy("make the file readable, or name another source of the secret")
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_SECRET + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_SECRET {
        return Err(
            Failure::usage(format!("a secret has at most {MAX_SECRET} bytes")).in_file(path),
        );
    }
    Ok(bytes)
}

/// The longest secret that is read, in bytes; a token is the longest kind.
const MAX_SECRET: u64 = 64 * 1024;

/// The fewest bytes of a key: 256 bits.
const MIN_KEY: usize = 32;

/// The fewest different bytes in a key; a random one of 32 bytes has about 30.
const MIN_DISTINCT: usize = 10;
