use std::path::PathBuf;

use clap::Args;
use jwtrail_event::{FingerprintKey, UnusableFingerprintKey};

use crate::config::{self, FingerprintSection};
use crate::failure::Failure;
use crate::output;
use crate::secret::NamedSecret;

/// Print the fingerprint of a token that you hold, to look it up in the trail
///
/// The token is read from a file or a variable, never from the command line, where other users
/// of the machine could see it.
///
/// Exit codes: 0 success, 2 no usable key or token.
#[derive(Debug, Args)]
pub(crate) struct Fingerprint {
    /// Where the token is: @file:PATH or @env:NAME
    token: NamedSecret,
    /// The configuration that names the deployment's fingerprint key
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Fingerprint {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let source = self.token.source()?;
        let configuration = config::load(self.config.as_deref())?;
        let key = key(configuration.fingerprint)?.ok_or_else(no_key)?;
        let token = source.read()?;
        let token = std::str::from_utf8(token.expose())
            .map_err(|_| Failure::usage(format!("{source} is not text")))?;
        output::print(&format!("{}\n", key.fingerprint(token.trim()).as_str()))
    }
}

/// The key that a configuration names, if it names one.
pub(crate) fn key(section: FingerprintSection) -> Result<Option<FingerprintKey>, Failure> {
    let FingerprintSection { id, key } = section;
    let Some(source) = key else {
        return Ok(None);
    };
    let secret = source.read()?.checked(&source)?;
    let id = id.as_deref().unwrap_or(DEFAULT_ID);
    FingerprintKey::new(id, secret.expose())
        .map(Some)
        .map_err(|error| unusable(&error))
}

fn unusable(error: &UnusableFingerprintKey) -> Failure {
    Failure::usage("the fingerprint key cannot be used")
        .because(error)
        .remedy("correct `id` and `key` in the section [fingerprint]")
}

fn no_key() -> Failure {
    Failure::usage("no fingerprint key is configured").remedy(
        "name the key of your services as `key` in the section [fingerprint] of --config, or as \
         JWTRAIL_FINGERPRINT_KEY; without one each process makes its own, which cannot be had",
    )
}

/// The id of a key that has none in the configuration.
const DEFAULT_ID: &str = "k1";
