use std::collections::BTreeSet;
use std::path::Path;

use aws_lc_rs::digest;
use jwtrail_detect::{RuleError, RuleSet};

/// A set of rules as it was written down: the files, and the rules that are switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuleTexts {
    /// Name and text, by name.
    pub(super) files: Vec<(String, String)>,
    pub(super) disabled: BTreeSet<String>,
}

impl RuleTexts {
    pub(super) fn new(mut files: Vec<(String, String)>) -> Self {
        files.sort();
        Self {
            files,
            disabled: BTreeSet::new(),
        }
    }

    /// The same files with these rules switched off.
    pub(crate) fn without(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.disabled = names.into_iter().collect();
        self
    }

    /// Tells it from every other set.
    pub(crate) fn hash(&self) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        let mut part = |text: &str| {
            context.update(&text.len().to_be_bytes());
            context.update(text.as_bytes());
        };
        for (name, text) in &self.files {
            part(name);
            part(text);
        }
        part("");
        self.disabled.iter().for_each(|name| part(name));
        hex(context.finish().as_ref())
    }

    /// The rules, those that are switched off among them. Problems name the files with their
    /// directory.
    pub(super) fn parse(&self, directory: Option<&Path>) -> Result<RuleSet, RuleError> {
        let place = |name: &String| match directory {
            Some(directory) => directory.join(name).display().to_string(),
            None => name.clone(),
        };
        let places: Vec<String> = self.files.iter().map(|(name, _)| place(name)).collect();
        let texts = self.files.iter().map(|(_, text)| &**text);
        RuleSet::parse(places.iter().map(|place| &**place).zip(texts))
    }

    /// The rules that run.
    pub(crate) fn rules(&self) -> Result<RuleSet, RuleError> {
        Ok(self.enabled(self.parse(None)?))
    }

    /// Those of the set's rules that run.
    pub(crate) fn enabled(&self, set: RuleSet) -> RuleSet {
        let off = self.disabled.iter();
        off.fold(set, |set, name| set.without(name))
    }
}

/// Half of a hash, for names of rows.
pub(super) fn hex(digest: &[u8]) -> String {
    let half: [u8; 16] = *digest.first_chunk().unwrap_or(&[0; 16]);
    format!("{:032x}", u128::from_be_bytes(half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_makes_another_set() {
        let texts = |files: &[(&str, &str)], off: &[&str]| {
            let files = files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            let off = off.iter().map(|name| (*name).to_owned());
            RuleTexts::new(files.collect()).without(off).hash()
        };
        let one = texts(&[("a.yml", "x"), ("b.yml", "y")], &[]);
        assert_eq!(one, texts(&[("b.yml", "y"), ("a.yml", "x")], &[]));
        for other in [
            texts(&[("a.yml", "x")], &[]),
            texts(&[("a.yml", "x"), ("b.yml", "z")], &[]),
            texts(&[("a.yml", "x"), ("b.yml", "y")], &["a"]),
            texts(&[("a.ymlx", ""), ("b.yml", "y")], &[]),
        ] {
            assert_ne!(one, other);
        }
    }
}
