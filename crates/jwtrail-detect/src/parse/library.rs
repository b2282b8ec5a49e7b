use std::collections::BTreeMap;

use super::document::{Document, documents};
use crate::rule_error::RuleProblem;

/// The files that are read together, by their names: rules may refer to each other.
#[derive(Debug, Default)]
pub(crate) struct Library<'t> {
    files: BTreeMap<&'t str, File<'t>>,
}

#[derive(Debug)]
struct File<'t> {
    text: &'t str,
    documents: Vec<Document<'t>>,
}

impl<'t> Library<'t> {
    /// Takes in one file.
    pub(crate) fn add(&mut self, name: &'t str, text: &'t str) -> Result<(), RuleProblem> {
        let problem = |what: String, remedy: &str| RuleProblem {
            file: name.to_owned(),
            line: 1,
            what,
            remedy: remedy.to_owned(),
        };
        if text.len() > MAX_FILE {
            let what = format!("the file has {} bytes, the limit is {MAX_FILE}", text.len());
            return Err(problem(what, "write one rule per file"));
        }
        if self.files.contains_key(name) {
            let what = format!("the file `{name}` is there already");
            return Err(problem(what, "give each file a name of its own"));
        }
        let documents = documents(name, text)?;
        self.files.insert(name, File { text, documents });
        Ok(())
    }

    pub(super) fn text(&self, file: &str) -> Option<&'t str> {
        self.files.get(file).map(|file| file.text)
    }

    /// The document of a file that is its rule: the last one that adds something up.
    pub(super) fn rule(&self, file: &str) -> Result<&Document<'t>, RuleProblem> {
        let documents = self.files.get(file).map(|file| file.documents.as_slice());
        let mut rules = documents
            .unwrap_or_default()
            .iter()
            .filter(|document| document.has("jwtrail") && document.adds_up());
        match (rules.next(), rules.next()) {
            (Some(rule), None) => Ok(rule),
            _ => Err(RuleProblem {
                file: file.to_owned(),
                line: 1,
                what: "not exactly one rule".to_owned(),
                remedy: "a file holds one document with `jwtrail:` and with `correlation:` or \
                         `native:`"
                    .to_owned(),
            }),
        }
    }

    /// The document of this name or id: of the same file, or the rule of another.
    pub(super) fn find(&self, from: &str, name: &str) -> Option<&Document<'t>> {
        let named = |document: &&Document<'t>| {
            [&["name"][..], &["id"]]
                .iter()
                .any(|place| document.optional_text(place) == Some(name))
        };
        let near = self.files.get(from).map(|file| file.documents.as_slice());
        let near = near.unwrap_or_default().iter().find(named);
        near.or_else(|| {
            let mut rules = self.files.keys().filter_map(|file| self.rule(file).ok());
            rules.find(named)
        })
    }
}

const MAX_FILE: usize = 64 * 1024;
