use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{Configuration, environment};
use crate::failure::Failure;
use crate::secret::SecretSource;

/// Reads the configuration: the file if one is given, and the environment over it.
///
/// Paths in the file are relative to the file, so that it means the same wherever it is used.
pub(crate) fn load(path: Option<&Path>) -> Result<Configuration, Failure> {
    let mut configuration = match path {
        Some(path) => read(path)?,
        None => Configuration::default(),
    };
    configuration.overlay(environment::read(std::env::vars_os())?);
    Ok(configuration)
}

fn read(path: &Path) -> Result<Configuration, Failure> {
    let text = text(path)?;
    let mut configuration: Configuration =
        toml::from_str(&text).map_err(|error| located(path, &text, &error))?;
    configuration.responses.place(path, &text);
    if let Some(directory) = path.parent() {
        configuration.relative_to(directory);
    }
    Ok(configuration)
}

impl Configuration {
    fn relative_to(&mut self, directory: &Path) {
        let Self {
            serve,
            webhook,
            retention: _,
            quarantine: _,
            fingerprint,
            outputs,
            responses: _,
            rules: _,
        } = self;
        outputs.relative_to(directory);
        for path in [&mut serve.data, &mut serve.rules].into_iter().flatten() {
            // An empty one is no name of the file's own directory, and refused where it is used.
            if !path.as_os_str().is_empty() {
                *path = directory.join(&*path);
            }
        }
        for source in [&mut webhook.url, &mut webhook.secret, &mut fingerprint.key] {
            if let Some(SecretSource::File(path)) = source {
                *path = directory.join(&*path);
            }
        }
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage("cannot read the configuration")
            .in_file(path)
            .because(&error)
            .remedy("name a readable file, or leave --config out")
    };
    let mut text = String::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_CONFIGURATION + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > MAX_CONFIGURATION {
        let what = format!("a configuration has at most {MAX_CONFIGURATION} bytes");
        return Err(Failure::usage(what).in_file(path));
    }
    Ok(text)
}

fn located(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    Failure::usage(error.message())
        .at(path, line, column)
        .remedy(remedy(error))
}

/// What to do about a key or a value that can't be.
pub(super) fn remedy(error: &toml::de::Error) -> &'static str {
    match error.message().contains("socket address") {
        true => "write an IP address and a port, such as 127.0.0.1:7780; a name is not looked up",
        false => "`jwtrail schema config` prints every key with its meaning",
    }
}

/// The longest configuration that is read, in bytes.
const MAX_CONFIGURATION: u64 = 1024 * 1024;
